import assert from "node:assert/strict";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";
import { StoreError } from "../../lib/store/store_error.ts";
import { FakeRoom } from "../fake_context.ts";

const SESSION = "0".repeat(32);
const HEAD = "client,session,sequence,time_us,time,corrected_us,bound_us,received_us\r\n";

async function fill(
  store: MemoryStore,
  clientId: string,
  timesUs: readonly number[],
  session: string,
) {
  await store.open(session, new Uint8Array(32), { clientId, tokenName: "" });
  await store.append({
    ...{ session, firstSequence: 1, timesUs: Float64Array.from(timesUs), receivedUs: 5000 },
    correction: clientId === "ada"
      ? { atUs: 0, offsetUs: 1000, boundUs: 9.5, frequencyPpm: 0 }
      : undefined,
  });
}

/** Two clients: one from before 1970 to 2255 whose clock is known, one whose clock is not. */
async function roomWithSamples() {
  const room = new FakeRoom();
  const store = new MemoryStore();
  await fill(store, "ada", [-1, 0, 86_400_000_000, Number.MAX_SAFE_INTEGER], SESSION);
  await fill(store, "bob", [1_000_000], "1".repeat(32));
  room.stores.set("collect.sqlite", store);
  return room;
}

async function run(
  room: FakeRoom,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { stdout, stderr, exitCode } = room.run(["collect", "export", ...args], env);
  return { code: await room.clock.runUntil(exitCode), stdout: stdout.text, stderr: stderr.text };
}

Deno.test("tram collect export prints CSV as RFC 4180 has it, in the order of clients and times", async () => {
  assert.deepEqual(await run(await roomWithSamples(), []), {
    code: 0,
    stdout: HEAD +
      `ada,${SESSION},1,-1,1969-12-31T23:59:59.999999Z,999,10,5000\r\n` +
      `ada,${SESSION},2,0,1970-01-01T00:00:00.000000Z,1000,10,5000\r\n` +
      `ada,${SESSION},3,86400000000,1970-01-02T00:00:00.000000Z,86400001000,10,5000\r\n` +
      `ada,${SESSION},4,9007199254740991,2255-06-05T23:47:34.740991Z,,,5000\r\n` +
      `bob,${"1".repeat(32)},1,1000000,1970-01-01T00:00:01.000000Z,,,5000\r\n`,
    stderr: "",
  });
});

Deno.test("tram collect export --format jsonl prints an object per sample, null for what is not known", async () => {
  const { stdout } = await run(await roomWithSamples(), ["--format", "jsonl"]);
  const objects = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(objects.length, 5);
  assert.deepEqual(objects[0], {
    ...{ client: "ada", session: SESSION, sequence: 1, timeUs: -1 },
    ...{ time: "1969-12-31T23:59:59.999999Z", correctedUs: 999, boundUs: 10, receivedUs: 5000 },
  });
  assert.deepEqual([objects[4].correctedUs, objects[4].boundUs], [null, null]);
});

Deno.test("tram collect export --json is JSON lines, unless --format says otherwise", async () => {
  const room = await roomWithSamples();
  const lines = (await run(room, ["--format", "jsonl"])).stdout;
  assert.equal((await run(room, ["--json"])).stdout, lines);
  assert.equal((await run(room, [], { TRAM_JSON: "1" })).stdout, lines);
  assert((await run(room, ["--format", "csv"], { TRAM_JSON: "1" })).stdout.startsWith(HEAD));
});

Deno.test("tram collect export quotes what CSV would take for something else", async () => {
  const room = new FakeRoom();
  const store = new MemoryStore();
  await fill(store, 'a"b,c\nd', [0], SESSION);
  room.stores.set("collect.sqlite", store);
  const { stdout } = await run(room, []);
  assert.equal(
    stdout,
    `${HEAD}"a""b,c\nd",${SESSION},1,0,1970-01-01T00:00:00.000000Z,,,5000\r\n`,
  );
});

for (
  const [args, sequences] of [
    [[], [1, 2, 3, 4, 1]],
    [["ada"], [1, 2, 3, 4]],
    [["bob", "ada"], [1, 2, 3, 4, 1]],
    [["bob"], [1]],
    [["--from", "0"], [2, 3, 4, 1]],
    [["--from=-1", "--to", "0"], [1]],
    [["--to", "1970-01-02"], [1, 2, 1]],
    [["--from", "1970-01-01T00:00:00.000001Z", "--to", "1970-01-02T00:00:00.000001Z", "ada"], [3]],
    [["--from", "2000-01-01", "bob"], []],
  ] as const
) {
  Deno.test(`tram collect export ${args.join(" ")} prints samples ${sequences}`, async () => {
    const { code, stdout } = await run(await roomWithSamples(), ["--json", ...args]);
    assert.equal(code, 0);
    const lines = stdout.split("\n").filter((line) => line !== "");
    assert.deepEqual(lines.map((line) => JSON.parse(line).sequence), sequences);
  });
}

Deno.test("tram collect export prints the head of CSV also when there is no sample", async () => {
  const room = new FakeRoom();
  room.stores.set("collect.sqlite", new MemoryStore());
  assert.deepEqual(await run(room, []), { code: 0, stdout: HEAD, stderr: "" });
});

for (
  const [args, code, stderr] of [
    [["adda"], 1, 'Cannot find client "adda": it has sent no samples; did you mean "ada"?'],
    [["--store", "no.sqlite"], 2, "Cannot open no.sqlite: there is no such store"],
    [["--store", "newer"], 1, "Cannot use newer: a newer tram made it"],
    [["--store", ":memory:"], 2, /^Cannot read :memory: from another process/],
    [["--format", "xml"], 2, 'Failed to parse "xml" for format: wanted csv or jsonl, got "xml"'],
    [["--from", "noon"], 2, /^Failed to parse "noon" for from: wanted a time such as 2026-/],
    [["--to", "2026-02-30"], 2, /^Failed to parse "2026-02-30" for to: wanted a time such as/],
    [["--from", "1970-01-02", "--to", "0"], 2, /^Cannot export from 1970-01-02T.* to 1970-01-01T/],
    [["--from", "5", "--to", "5"], 2, /nothing lies between; wanted --from before --to$/],
  ] as const
) {
  Deno.test(`tram collect export ${args.join(" ")} ends with ${code} and one line`, async () => {
    const room = await roomWithSamples();
    room.storeFailures.set(
      "newer",
      new StoreError("newer", "Cannot use newer: a newer tram made it"),
    );
    const ended = await run(room, args);
    assert.deepEqual([ended.code, ended.stdout], [code, ""]);
    const [line = "", rest] = ended.stderr.replace(/^tram: /, "").split("\n");
    assert.equal(rest, "");
    if (typeof stderr === "string") assert.equal(line, stderr);
    else assert.match(line, stderr);
  });
}

/** A store with a million samples that counts the pages which were taken out of it. */
class EndlessStore extends MemoryStore {
  pages = 0;

  override async *export() {
    for (; this.pages < 1000; this.pages++) {
      yield await Promise.resolve(Array.from({ length: 1000 }, (_, i) => ({
        ...{ clientId: "ada", session: SESSION, sequence: this.pages * 1000 + i + 1, timeUs: i },
        ...{ correctedUs: undefined, boundUs: undefined, correctionId: undefined, receivedUs: 0 },
      })));
    }
  }
}

Deno.test("tram collect export writes page by page, and stops without a word when told to", async () => {
  const room = new FakeRoom();
  const store = new EndlessStore();
  room.stores.set("collect.sqlite", store);
  const { stdout, stderr, exitCode, interrupt } = room.run(["collect", "export"]);
  const write = stdout.write.bind(stdout);
  let writes = 0;
  // As with `| head`: the output that nobody reads aborts.
  stdout.write = (text) => {
    if (++writes === 3) interrupt();
    write(text);
  };
  assert.equal(await room.clock.runUntil(exitCode), 130);
  assert.equal(stderr.text, "");
  assert.equal(stdout.text.trimEnd().split("\r\n").length, 2001);
  assert(store.pages <= 3, `${store.pages} pages`);
});

Deno.test("tram collect export waits for its reader, so that nothing is left out", async () => {
  const room = new FakeRoom();
  const store = new EndlessStore();
  room.stores.set("collect.sqlite", store);
  const { stdout, exitCode, interrupt } = room.run(["collect", "export"]);
  let isRead = Promise.withResolvers<void>();
  Object.assign(stdout, { drained: () => isRead.promise });
  await stdout.matching(/ada/);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  const { pages } = store;
  assert(pages <= 2, `${pages} pages`);
  const before = isRead;
  isRead = Promise.withResolvers();
  before.resolve();
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assert.equal(store.pages, pages + 1);
  interrupt();
  isRead.resolve();
  assert.equal(await room.clock.runUntil(exitCode), 130);
});
