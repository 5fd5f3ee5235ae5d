/** What holds for every store of collect; run over each of them. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { NotedEstimate } from "../../../lib/collect/store/client_report.ts";
import type { CollectStore, ExportFilter } from "../../../lib/collect/store/collect_store.ts";
import type { Correction } from "../../../lib/collect/store/sample_batch.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { batches, OWNERS, StoreModel } from "./store_model.ts";

/** Opens a fresh store. */
export type StoreMaker = () => Promise<CollectStore>;

/** A secret of a session, to be told from others. */
export const cookie = new Uint8Array(32).fill(7);

/** A batch with times that a test does not care about otherwise. */
export function batchOf(
  session: string,
  firstSequence: number,
  times: readonly number[],
  correction?: Correction,
  receivedUs = 1000,
) {
  return { session, firstSequence, timesUs: Float64Array.from(times), receivedUs, correction };
}

/** All samples of an export, and how large its pages were. */
export async function exported(store: CollectStore, filter?: ExportFilter) {
  const pages = await Array.fromAsync(store.export(filter));
  return { samples: pages.flat(), sizes: pages.map(({ length }) => length) };
}

const estimate: NotedEstimate = {
  atUs: 10.5,
  offsetUs: -2.25,
  boundUs: 3.5,
  frequencyPpm: 0.125,
  delayUs: 4,
  probes: 8,
  verdictJson: '{"trust":"ok"}',
};

async function withOwners(make: StoreMaker): Promise<CollectStore> {
  const store = await make();
  for (const [session, clientId] of Object.entries(OWNERS)) {
    await store.open(session, cookie, { clientId, tokenName: `${clientId}'s` });
  }
  return store;
}

function isStoreError(code: string, text: RegExp) {
  return (error: unknown) =>
    error instanceof StoreError && error.code === code && text.test(error.message);
}

/** @param runs how many random histories to play */
export function storeContract(name: string, make: StoreMaker, runs: number): void {
  Deno.test(`find() of ${name} knows the cookie and the highest sequence of a session`, async () => {
    await using store = await withOwners(make);
    assert.deepEqual(await store.find("a1"), { cookie, highestSequence: 0n });
    await store.append(batchOf("a1", 3, [1, 2]));
    assert.deepEqual(await store.find("a1"), { cookie, highestSequence: 4n });
    assert.equal(await store.find("zz"), undefined);
  });

  Deno.test(`open() of ${name} refuses a session that is there already`, async () => {
    await using store = await withOwners(make);
    const again = store.open("a1", cookie, { clientId: "eve", tokenName: "" });
    await assert.rejects(again, isStoreError("other", /already/));
    assert.equal((await store.report({ clientIds: ["ada"] }))[0]?.sessions.length, 2);
  });

  Deno.test(`append() of ${name} counts what is stored, equal and repeated`, async () => {
    await using store = await withOwners(make);
    const first = await store.append(batchOf("a1", 1, [5, 6, 6, 7]));
    assert.deepEqual(first, { highestSequence: 4, stored: 3, equal: 1, repeated: 0 });
    const again = await store.append(batchOf("a1", 1, [5, 6, 6, 7]));
    assert.deepEqual(again, { highestSequence: 4, stored: 0, equal: 0, repeated: 4 });
    const overlap = await store.append(batchOf("a1", 3, [6, 7, 8, 9]));
    assert.deepEqual(overlap, { highestSequence: 6, stored: 2, equal: 0, repeated: 2 });
    const other = await store.append(batchOf("a2", 10, [9, 10]));
    assert.deepEqual(other, { highestSequence: 11, stored: 1, equal: 1, repeated: 0 });
    const bob = await store.append(batchOf("b1", 1, [9, 10]));
    assert.deepEqual(bob, { highestSequence: 2, stored: 2, equal: 0, repeated: 0 });
  });

  Deno.test(`append() of ${name} does what a naive store does`, async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.infiniteStream(fc.boolean()), async (history, waits) => {
        await using store = await withOwners(make);
        const model = new StoreModel();
        const results = [];
        for (const batch of history) {
          results.push(store.append(batch));
          if (waits.next().value) await results.at(-1);
        }
        const expected = history.map((batch) => model.append(batch));
        assert.deepEqual(await Promise.all(results), expected);
        const { samples } = await exported(store);
        const rows = samples.map(({ clientId, session, sequence, timeUs }) => {
          return { clientId, session, sequence, timeUs };
        });
        assert.deepEqual(rows, model.sorted());
        for (const { sessions } of await store.report()) {
          for (const { session, stored, equal, repeated, sent, lost } of sessions) {
            const { highest, ...counts } = model.tallies.get(session)!;
            assert.deepEqual({ stored, equal, repeated }, counts);
            assert.deepEqual([sent, lost], [highest, highest - stored - equal]);
          }
        }
      }),
      // To look for a shorter history takes minutes where each one has a file.
      { numRuns: runs, endOnFailure: runs < 100 },
    );
  });

  Deno.test(`append() of ${name} corrects times and says which correction it used`, async () => {
    await using store = await withOwners(make);
    const base = { atUs: 1_000_000, offsetUs: 250, boundUs: 7.2, frequencyPpm: 100 };
    await store.append(batchOf("a1", 1, [1_000_000]));
    await store.append(batchOf("a1", 2, [2_000_000], base));
    await store.append(batchOf("a1", 3, [3_000_000], { ...base }));
    await store.append(batchOf("a1", 4, [4_000_000], { ...base, offsetUs: 0 }));
    const { samples } = await exported(store);
    assert.deepEqual(samples.map(({ correctedUs }) => correctedUs), [
      undefined,
      2_000_350,
      3_000_450,
      4_000_300,
    ]);
    assert.deepEqual(samples.map(({ boundUs }) => boundUs), [undefined, 8, 8, 8]);
    const ids = samples.map(({ correctionId }) => correctionId);
    assert.equal(ids[0], undefined);
    assert.equal(ids[1], ids[2]);
    assert.notEqual(ids[2], ids[3]);
  });

  Deno.test(`append() of ${name} lets its caller use the times again`, async () => {
    await using store = await withOwners(make);
    const batch = batchOf("a1", 1, [1, 2, 3]);
    const appended = store.append(batch);
    assert.equal(store.queuedSamples, 3);
    batch.timesUs.fill(99);
    await appended;
    assert.equal(store.queuedSamples, 0);
    assert.deepEqual((await exported(store)).samples.map(({ timeUs }) => timeUs), [1, 2, 3]);
  });

  Deno.test(`append() of ${name} refuses what no client may send, and only that`, async () => {
    await using store = await withOwners(make);
    const good = store.append(batchOf("a1", 1, [1]));
    for (
      const bad of [
        batchOf("a1", 0, [1]),
        batchOf("a1", 1.5, [1]),
        batchOf("a1", 2, []),
        batchOf("a1", 2, [0.5]),
        batchOf("a1", 2, [NaN]),
        batchOf("a1", 2, [2 ** 53]),
        batchOf("a1", Number.MAX_SAFE_INTEGER, [1, 2]),
        batchOf("a1", 2, [2], { ...estimate, offsetUs: NaN }),
      ]
    ) await assert.rejects(store.append(bad), RangeError);
    await assert.rejects(store.append(batchOf("zz", 1, [1])), isStoreError("other", /zz/));
    assert.equal((await good).stored, 1);
    const last = await store.append(batchOf("a1", Number.MAX_SAFE_INTEGER, [2 ** 53 - 1]));
    assert.equal(last.highestSequence, Number.MAX_SAFE_INTEGER);
    assert.equal((await exported(store)).samples.at(-1)?.timeUs, 2 ** 53 - 1);
  });

  Deno.test(`report() of ${name} knows losses, the tail, steps, the newest estimate`, async () => {
    await using store = await withOwners(make);
    await store.append(batchOf("a1", 4, [1, 2], undefined, 500));
    await store.noteSeen("a1", 900);
    await store.noteEnd("a1", 7);
    const step = { session: "a1", side: "client", atUs: 5, byUs: -3, errorUs: 1 } as const;
    await store.noteStep(step);
    await store.noteStep(step);
    await store.noteEstimate("a1", { ...estimate, probes: 1 });
    await store.noteEstimate("a1", estimate);
    const [ada, ...others] = await store.report({ clientIds: ["ada", "zz"] });
    assert.deepEqual([ada?.clientId, others], ["ada", []]);
    assert.deepEqual(ada?.sessions[0], {
      ...{ session: "a1", tokenName: "ada's", sent: 7, stored: 2, equal: 0, lost: 5, repeated: 0 },
      ...{ highestSequence: 5, isTailKnown: true, firstSeenUs: 500, lastSeenUs: 900 },
      ...{ steps: [step], estimate },
    });
    assert.deepEqual(ada?.sessions[1], {
      ...{ session: "a2", tokenName: "ada's", sent: 0, stored: 0, equal: 0, lost: 0, repeated: 0 },
      ...{ highestSequence: 0, isTailKnown: false, firstSeenUs: undefined, lastSeenUs: undefined },
      ...{ steps: [], estimate: undefined },
    });
    await assert.rejects(store.noteEnd("zz", 1), isStoreError("other", /zz/));
    await assert.rejects(store.noteStep({ ...step, atUs: 0.5 }), RangeError);
  });

  Deno.test(`estimates() of ${name} are thinned evenly, with the newest one`, async () => {
    await using store = await withOwners(make);
    const count = 2600;
    const noted = Array.from({ length: count }, (_, i) => {
      return store.noteEstimate("a1", { ...estimate, probes: i });
    });
    await Promise.all(noted);
    const probes = (await store.estimates("a1")).map((kept) => kept.probes);
    const everyFourth = Array.from({ length: count / 4 }, (_, i) => 4 * i);
    assert.deepEqual(probes, [...everyFourth, count - 1]);
    assert.deepEqual(await store.estimates("a2"), []);
  });

  Deno.test(`export() of ${name} gives pages in order, each sample once`, async () => {
    await using store = await withOwners(make);
    const times = Array.from({ length: 4500 }, (_, i) => (i * 7919) % 4500);
    await store.append(batchOf("b1", 1, times));
    await store.append(batchOf("a1", 1, times.slice(0, 10)));
    const { samples, sizes } = await exported(store, { clientIds: ["bob"] });
    assert.deepEqual(samples.map(({ timeUs }) => timeUs), times.toSorted((a, b) => a - b));
    assert.deepEqual(sizes, [2000, 2000, 500]);
    const part = await exported(store, { fromUs: 100, toUs: 103 });
    assert.deepEqual(part.samples.map(({ clientId, timeUs }) => `${clientId} ${timeUs}`), [
      ...["bob 100", "bob 101", "bob 102"],
    ]);
    assert.deepEqual((await exported(store)).sizes, [10, 2000, 2000, 500]);
  });

  Deno.test(`removeBefore() of ${name} removes by the time of the server`, async () => {
    await using store = await withOwners(make);
    const times = Array.from({ length: 7000 }, (_, i) => i);
    await store.append(batchOf("a1", 1, times, estimate, 100));
    await store.append(batchOf("a1", 7001, [-5, 9000], estimate, 200));
    await store.append(batchOf("b1", 1, [1], undefined, 99));
    assert.equal(await store.removeBefore(200), 7001);
    assert.equal(await store.removeBefore(200), 0);
    const { samples } = await exported(store);
    assert.deepEqual(samples.map(({ timeUs }) => timeUs), [-5, 9000]);
    assert.equal((await store.report({ clientIds: ["ada"] }))[0]?.sessions[0]?.stored, 7002);
  });

  Deno.test(`asyncDispose() of ${name} waits for what was called, and refuses the rest`, async () => {
    const store = await withOwners(make);
    let isSettled = false;
    const appended = store.append(batchOf("a1", 1, [1])).then(() => isSettled = true);
    await store[Symbol.asyncDispose]();
    assert(isSettled);
    await appended;
    await store[Symbol.asyncDispose]();
    const closed = isStoreError("other", /closed/);
    await assert.rejects(store.append(batchOf("a1", 2, [2])), closed);
    await assert.rejects(store.report(), closed);
    await assert.rejects(exported(store), closed);
  });
}
