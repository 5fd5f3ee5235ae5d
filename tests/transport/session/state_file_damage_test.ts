/** State files that are torn, damaged, foreign or on a disk that fails. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { settle } from "../../../lib/clock/fake_clock.ts";
import { StateFile, type StateFileOptions } from "../../../lib/transport/session/state_file.ts";
import { FakeStateFiles } from "./fake_state_files.ts";

const PATH = "/state/numbered/default.state";
const SESSION = { id: "0123456789abcdef".repeat(2), cookie: new Uint8Array(32).fill(7) };

const codec = {
  encode: (value: string) => new TextEncoder().encode(value),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

async function open(
  files: FakeStateFiles,
  options: Partial<StateFileOptions<string>> = {},
): Promise<StateFile<string>> {
  const state = await StateFile.open(files, PATH, { codec, ...options });
  assert.ok(state !== undefined);
  return state;
}

/** Numbers and words that are in it. */
function entriesOf({ outbox }: StateFile<string>): string[] {
  return [...outbox.entries()].map(({ sequence, value }) => `${sequence} ${value}`);
}

/** Sends all that can be sent. */
function sendAll({ outbox }: StateFile<string>): void {
  outbox.advance(outbox.unsent);
}

Deno.test("StateFile.sync() is true also when the power is lost at any moment", async () => {
  const what = fc.constantFrom("add", "add", "sync", "turn", "crash", "power", "trouble", "ack");
  await fc.assert(
    fc.asyncProperty(fc.array(what, { maxLength: 120, size: "max" }), fc.boolean(), async (
      steps,
      isSparing,
    ) => {
      const files = new FakeStateFiles();
      const durability = isSparing ? "process" : "machine";
      const options = { onTrouble: () => {}, durability } as const;
      let state = await open(files, options);
      await state.begin(SESSION, "renumber");
      let durable = 0;
      let acknowledged = 0;
      const seen = new Map<number, string>();
      for (const [at, step] of steps.entries()) {
        if (step === "add") seen.set(state.add(`${at}`) ?? 0, `${at}`);
        if (step === "turn") await settle();
        if (step === "trouble") files.trouble = files.trouble === undefined ? "full" : undefined;
        if (step === "sync") {
          const last = state.outbox.lastSequence;
          await state.sync().then(() => durable = last, () => {});
        }
        if (step === "ack") {
          sendAll(state);
          state.acknowledged(state.outbox.sentSequence);
          acknowledged = state.outbox.sentSequence;
        }
        if (step === "crash" || step === "power") {
          const wasLast = state.outbox.lastSequence;
          files.trouble = undefined;
          files.crash(step === "power");
          await settle();
          state = await open(files, options);
          assert.notEqual(state.damage?.kind, "damaged");
          const { outbox } = state;
          assert(outbox.lastSequence >= durable, `${outbox.lastSequence} of ${durable} are there`);
          assert(outbox.lastSequence <= wasLast);
          assert(outbox.acknowledgedSequence <= acknowledged);
          for (const { sequence, value } of outbox.entries()) {
            assert.equal(value, seen.get(sequence));
          }
          assert.equal(outbox.size, outbox.lastSequence - outbox.acknowledgedSequence);
          acknowledged = outbox.acknowledgedSequence;
          durable = Math.min(durable, outbox.lastSequence);
        }
      }
      files.trouble = undefined;
      await state.close();
    }),
    { numRuns: 60 },
  );
});

Deno.test("StateFile opens a file that ends anywhere, and cuts off what is torn", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  for (const word of ["alpha", "beta", "gamma"]) state.add(word);
  await state.close();
  const whole = files.bytesOf(PATH).slice();
  for (let length = 0; length < whole.length; length++) {
    files.change(PATH, () => whole.slice(0, length));
    const cut = await open(files);
    assert.equal(cut.damage?.kind ?? "torn", "torn", `after ${length} bytes`);
    assert.deepEqual(entriesOf(cut), ["1 alpha", "2 beta", "3 gamma"].slice(0, cut.outbox.size));
    cut.add("delta");
    await cut.close();
    const again = await open(files);
    assert.equal(again.damage, undefined);
    assert.equal(again.outbox.size, cut.outbox.size);
    await again.close();
  }
});

Deno.test("StateFile reports damage in the middle, keeps what is before it and puts the rest aside", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  for (const word of ["alpha", "beta", "gamma"]) state.add(word);
  await state.close();
  const whole = files.bytesOf(PATH).slice();
  const at = new TextDecoder("latin1").decode(whole).indexOf("beta");
  files.change(PATH, (bytes) => bytes.with(at, 0x00));
  const damaged = await open(files);
  assert.deepEqual(entriesOf(damaged), ["1 alpha"]);
  assert.equal(damaged.damage?.kind, "damaged");
  assert.equal(damaged.damage?.keptAt, `${PATH}.damaged`);
  const aside = new TextDecoder("latin1").decode(files.bytesOf(`${PATH}.damaged`));
  assert.match(aside, /gamma/);
  await damaged.close();
});

Deno.test("StateFile takes any change of a byte for damage, never for something else", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  for (const word of ["alpha", "beta", "gamma"]) state.add(word);
  await state.close();
  const whole = files.bytesOf(PATH).slice();
  for (let at = 8; at < whole.length; at++) {
    files.change(PATH, () => whole.with(at, (whole[at] ?? 0) ^ 0x10));
    const changed = await open(files);
    assert.ok(changed.damage !== undefined, `byte ${at}`);
    assert.deepEqual(
      entriesOf(changed),
      ["1 alpha", "2 beta", "3 gamma"].slice(0, changed.outbox.size),
    );
    await changed.close();
  }
});

Deno.test("StateFile.open() refuses another file and a newer format in one line", async () => {
  const files = new FakeStateFiles();
  await (await open(files)).close();
  files.change(PATH, (bytes) => bytes.with(7, 2));
  await assert.rejects(
    open(files),
    new Error(
      `Cannot use ${PATH}: it has format 2 and this tram knows format 1: use a newer tram`,
    ),
  );
  files.change(PATH, () => new TextEncoder().encode("# notes of mine\n"));
  await assert.rejects(open(files), /^Error: Cannot use .*: it is not the state of a tram client$/);
  assert.match(new TextDecoder().decode(files.bytesOf(PATH)), /notes of mine/);
});

Deno.test("StateFile loses nothing on a full disk, and says so", async () => {
  const files = new FakeStateFiles();
  const troubles: unknown[] = [];
  const state = await open(files, { onTrouble: (error) => troubles.push(error) });
  await state.begin(SESSION, "renumber");
  state.add("a");
  await state.sync();
  files.trouble = "no space left";
  state.add("b");
  await settle();
  assert.equal(troubles.length, 1);
  await assert.rejects(state.sync(), /no space left/);
  assert.deepEqual([state.outbox.size, state.outbox.unsent], [2, 1]);
  files.crash();
  files.trouble = undefined;
  const torn = await open(files);
  assert.deepEqual(entriesOf(torn), ["1 a"]);
  files.trouble = "no space left";
  torn.add("b");
  await assert.rejects(torn.sync(), /no space left/);
  files.trouble = undefined;
  await torn.sync();
  assert.equal(torn.outbox.unsent, 2);
  await torn.close();
  const again = await open(files);
  assert.deepEqual(entriesOf(again), ["1 a", "2 b"]);
  await again.close();
});

Deno.test("StateFile.begin() is all or nothing", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  for (const word of ["a", "b", "c"]) state.add(word);
  await state.sync();
  sendAll(state);
  state.acknowledged(1);
  files.trouble = "no space left";
  const other = { ...SESSION, id: "f".repeat(32) };
  await assert.rejects(state.begin(other, "renumber"), /no space left/);
  files.crash();
  files.trouble = undefined;
  const old = await open(files);
  assert.deepEqual([old.session?.id, entriesOf(old)], [SESSION.id, ["1 a", "2 b", "3 c"]]);
  sendAll(old);
  old.acknowledged(1);
  await old.begin(other, "renumber");
  files.crash(true);
  const fresh = await open(files);
  assert.deepEqual([fresh.session?.id, entriesOf(fresh)], [other.id, ["1 b", "2 c"]]);
  await fresh.close();
});
