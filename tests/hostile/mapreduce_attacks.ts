/** What somebody who has the token of a run may do to the others: tell lies, and tell them often. */
import assert from "node:assert/strict";
import { mapreduceService } from "../../lib/mapreduce/engine/protocol.ts";
import { until } from "../e2e/collect_room.ts";
import { wait } from "../e2e/processes.ts";
import type { Attacks, Target } from "./attack.ts";
import { frame, Peer } from "./peer.ts";

const { kinds } = mapreduceService;

/** The attempt that the honest worker runs. */
const OTHERS = { epoch: 1, kind: "map", task: 0, attempt: 0 };

function join(worker: string, more: object = {}): object {
  const at = { shuffleHost: "", shufflePort: 0, run: "", holds: [] };
  return { worker, host: "villain", pid: 1, slots: 1, ...at, ...more };
}

/** Joins as a worker, and has heard of the job. */
async function joined(target: Target, worker: string, more: object = {}): Promise<Peer> {
  const peer = await Peer.login(target.goal, worker);
  await peer.send(kinds.join.code, join(worker, more));
  await until("it knows the job", () => peer.told(kinds.job.code).length > 0);
  return peer;
}

/** Sends the same for about half a second, and hears what comes of it. */
async function flood(target: Target, part: Uint8Array): Promise<void> {
  using peer = await joined(target, "flood");
  const many = new Uint8Array(part.length * 500);
  for (let at = 0; at < many.length; at += part.length) many.set(part, at);
  const endMs = performance.now() + 500 * target.size;
  while (performance.now() < endMs && peer.end === undefined) {
    await Promise.race([peer.write(many), wait(1000), peer.ended]);
  }
  const end = await Promise.race([peer.ended, wait(100)]);
  assert.notEqual(end?.code, "internal", end?.message);
  target.tell(end?.code ?? "taken");
}

/** Bytes behind numbers of 32 bits, as OUTPUT and DATA have them. */
function numbered(kind: number, numbers: readonly number[], bytes: number): Uint8Array {
  const payload = new Uint8Array(4 * numbers.length + bytes);
  const data = new DataView(payload.buffer);
  for (const [i, number] of numbers.entries()) data.setUint32(4 * i, number);
  return frame(kind, payload);
}

/** Lies and floods. */
export const mapreduceAttacks: Attacks = {
  async "the id of another worker, names that are paths"(target) {
    const honest = workerOf(target);
    for (
      const [more, code] of [
        [join(honest), "mapreduce.not-yours"],
        [join("../../etc/passwd"), "bad-message"],
        [join("a/b"), "bad-message"],
        [join("x", { slots: 1e9 }), "bad-message"],
        [join("x", { holds: [{ ...OTHERS, task: 2 ** 32 }] }), "bad-message"],
        [join("x", { version: "0.0.0" }), "mapreduce.version"],
      ] as const
    ) {
      using peer = await Peer.login(target.goal, "thief");
      await peer.send(kinds.join.code, more);
      assert.equal((await peer.over()).code, code, JSON.stringify(more));
      target.tell(code);
    }
  },

  async "attempts of others: done, failed, with output, with data"(target) {
    using thief = await joined(target, "thief");
    const part = { startByte: 0, bytes: 0, records: 0, crc32: 0 };
    const none = { counters: {}, problems: [], skipped: [] };
    for (const task of [0, 1, 2 ** 32 - 1]) {
      const name = { ...OTHERS, task };
      await thief.send(kinds.mapDone.code, { name, parts: [part, part], ...none });
      await thief.send(kinds.failed.code, { name, message: "x", isWorkers: false, isFinal: true });
      const reduce = { ...name, kind: "reduce" };
      await thief.write(numbered(kinds.output.code, [1, task, 0], 1000));
      const done = { name: reduce, bytes: 0, crc32: 0, counters: {}, skipped: [] };
      await thief.send(kinds.reduceDone.code, done);
      await thief.write(numbered(kinds.data.code, [task], 1000));
      await thief.send(kinds.dataEnd.code, { id: task, bytes: 0 });
      await thief.send(kinds.fetch.code, { id: task, name, partition: task });
    }
    await thief.send(kinds.read.code, { id: 1, input: 999, offset: 0, length: 10 });
    await thief.send(kinds.read.code, { id: 2, input: 0, offset: 2 ** 50, length: 10 });
    assert.equal(await thief.handled(), undefined, "it is told that they are not its own");
    const cancelled = thief.told(kinds.cancel.code).length;
    assert(cancelled > 0);
    target.tell(`CANCEL`);
  },

  async "PROGRESS without end"(target) {
    const progress = { name: OTHERS, bytes: 1, records: 1, status: "x".repeat(200) };
    await flood(target, frame(kinds.progress.code, progress));
  },

  async "OUTPUT and DATA of nothing, without end"(target) {
    const output = numbered(kinds.output.code, [1, 0, 0], 1000);
    await flood(target, new Uint8Array([...output, ...numbered(kinds.data.code, [1], 1000)]));
  },

  async "READ of an input without end, nothing taken"(target) {
    using peer = await joined(target, "reader");
    const goOn = peer.stopReading();
    const read = frame(kinds.read.code, { id: 1, input: 0, offset: 0, length: 4 * 2 ** 20 });
    for (let n = 0; n < 10_000 && peer.end === undefined; n++) await peer.write(read);
    await wait(200);
    goOn();
    const end = await Promise.race([peer.ended, wait(1000)]);
    target.tell(end?.code ?? "taken");
  },

  async "a JOIN as large as it may be"(target) {
    const holds = Array.from({ length: 100_000 }, (_, task) => ({ ...OTHERS, task }));
    await Promise.all([1, 2].map(async (number) => {
      using peer = await joined(target, `large-${number}`, { holds, run: "another" });
      assert.equal(await peer.handled(), undefined);
      target.tell("taken");
    }));
  },
};

/** Id of the honest worker, as its coordinator was told. */
function workerOf({ server }: Target): string {
  const [event] = server.of("worker") as unknown as { readonly worker: string }[];
  assert(event !== undefined);
  return event.worker;
}
