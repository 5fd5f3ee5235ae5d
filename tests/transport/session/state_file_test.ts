import assert from "node:assert/strict";
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

Deno.test("StateFile keeps session, entries, numbers and notes", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  for (const word of ["a", "b", "c"]) state.add(word);
  state.note("lobby", "41");
  state.note("lobby", "42");
  await state.sync();
  sendAll(state);
  state.acknowledged(1);
  state.skip(2);
  state.add("f");
  await state.close();
  const again = await open(files);
  assert.equal(again.damage, undefined);
  assert.deepEqual(again.session, SESSION);
  assert.deepEqual(entriesOf(again), ["2 b", "3 c", "6 f"]);
  assert.deepEqual(again.outbox.counters, { acknowledged: 1, last: 6, dropped: 0, skipped: 2 });
  assert.deepEqual([...again.notes], [["lobby", "42"]]);
  assert.equal(again.outbox.unsent, 3);
  assert.equal(again.add("g"), 7);
  await again.close();
});

Deno.test("StateFile lets an entry be sent when it is written, or when it is on the disk", async () => {
  for (const durability of ["process", "machine"] as const) {
    const files = new FakeStateFiles();
    const state = await open(files, { durability });
    await state.begin(SESSION, "renumber");
    let sendable = 0;
    state.onSendable = () => sendable++;
    const { promise, resolve } = Promise.withResolvers<void>();
    files.gate = promise;
    state.add("a");
    await settle();
    assert.deepEqual([state.outbox.unsent, sendable], [0, 0]);
    resolve();
    await settle();
    assert.deepEqual([state.outbox.unsent, sendable], [1, 1]);
    files.crash(true);
    const after = await open(files);
    assert.deepEqual(entriesOf(after), durability === "machine" ? ["1 a"] : []);
    await after.close();
  }
});

Deno.test("StateFile holds back what was added while it was writing", async () => {
  const files = new FakeStateFiles();
  const state = await open(files, { durability: "process" });
  await state.begin(SESSION, "renumber");
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  files.gate = first.promise;
  state.add("a");
  await settle();
  state.add("b");
  files.gate = second.promise;
  first.resolve();
  await settle();
  assert.deepEqual([state.outbox.size, state.outbox.unsent], [2, 1]);
  second.resolve();
  await settle();
  assert.equal(state.outbox.unsent, 2);
  await state.close();
});

Deno.test("StateFile.begin() in the middle of a write lets no number of the old session release one", async () => {
  const files = new FakeStateFiles();
  const state = await open(files, { durability: "process" });
  await state.begin(SESSION, "renumber");
  for (const word of ["a", "b", "c"]) state.add(word);
  await state.sync();
  sendAll(state);
  state.acknowledged(3);
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  files.gate = first.promise;
  state.add("d");
  await settle();
  const begun = state.begin({ ...SESSION, id: "f".repeat(32) }, "renumber");
  for (const word of ["e", "f"]) state.add(word);
  files.gate = second.promise;
  first.resolve();
  await settle();
  assert.deepEqual([state.outbox.size, state.outbox.unsent], [3, 0]);
  second.resolve();
  await begun;
  assert.equal(state.outbox.unsent, 3);
  await state.close();
  const again = await open(files);
  assert.deepEqual(entriesOf(again), ["1 d", "2 e", "3 f"]);
  await again.close();
});

Deno.test("StateFile.open() syncs what a killed process had written before it can be sent", async () => {
  const files = new FakeStateFiles();
  const killed = await open(files, { durability: "process" });
  await killed.begin(SESSION, "renumber");
  killed.add("a");
  await settle();
  files.crash();
  const state = await open(files);
  assert.equal(state.outbox.unsent, 1);
  files.crash(true);
  const after = await open(files);
  assert.deepEqual(entriesOf(after), ["1 a"]);
  await after.close();
});

Deno.test("StateFile writes and syncs the entries of one turn together", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  const before = { ...files };
  for (let value = 0; value < 100; value++) state.add(`${value}`);
  await Promise.all([state.sync(), state.sync(), state.sync()]);
  assert.deepEqual([files.appends - before.appends, files.syncs - before.syncs], [1, 1]);
  await state.sync();
  assert.equal(files.syncs - before.syncs, 1);
  await state.close();
});

Deno.test("StateFile.open() gives nothing while another process has the file", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  assert.equal(await StateFile.open(files, PATH, { codec }), undefined);
  await state.close();
  await (await open(files)).close();
});

Deno.test("StateFile is written anew when most of it is acknowledged", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  await state.begin(SESSION, "renumber");
  const word = "x".repeat(1000);
  let largest = 0;
  for (let round = 0; round < 30; round++) {
    for (let count = 0; count < 20; count++) state.add(word);
    await state.sync();
    sendAll(state);
    state.acknowledged(state.outbox.lastSequence - 5);
    await settle();
    largest = Math.max(largest, files.bytesOf(PATH).length);
  }
  assert(files.replaces > 3 && files.replaces <= 20, `${files.replaces} times`);
  assert(largest < 100_000, `${largest} bytes`);
  await state.close();
  const again = await open(files);
  assert.equal(again.outbox.size, 5);
  assert.equal(again.outbox.lastSequence, 600);
  await again.close();
});

Deno.test("StateFile is not written anew for ever because of large notes", async () => {
  const files = new FakeStateFiles();
  const state = await open(files);
  state.note("large", "x".repeat(200_000));
  await state.sync();
  state.add("a");
  await state.sync();
  await settle();
  assert(files.replaces <= 2, `${files.replaces} times`);
  await state.close();
});

Deno.test("StateFile keeps how many entries were dropped to make room", async () => {
  const files = new FakeStateFiles();
  const state = await open(files, { maxEntries: 2, whenFull: "drop-oldest" });
  for (const word of ["a", "b", "c", "d"]) state.add(word);
  await state.close();
  const again = await open(files, { maxEntries: 2, whenFull: "drop-oldest" });
  assert.deepEqual(entriesOf(again), ["3 c", "4 d"]);
  assert.equal(again.outbox.dropped, 2);
  await again.begin(SESSION, "renumber");
  assert.deepEqual(entriesOf(again), ["3 c", "4 d"], "what was dropped before is a gap");
  await again.close();
});

Deno.test("StateFile takes nothing once it is closed", async () => {
  const state = await open(new FakeStateFiles());
  await state.close();
  assert.throws(() => state.add("a"), /it is closed/);
  await assert.rejects(state.sync(), /it is closed/);
  await state.close();
});
