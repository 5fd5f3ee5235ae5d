import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { DataEnd, Fetch } from "../../../lib/mapreduce/engine/messages.ts";
import { RelayDesk, SILENT_MS, TRICKLE_MS } from "../../../lib/mapreduce/engine/relay_desk.ts";
import type { WorkerLine } from "../../../lib/mapreduce/engine/worker_line.ts";
import { encodeFrame } from "../../../lib/transport/frame.ts";
import { FrameView } from "../../../lib/transport/frame_view.ts";

const name: AttemptName = { epoch: 1, kind: "map", task: 0, attempt: 1 };

/** A line that keeps what is sent on it. */
function fakeLine() {
  const fetches: Fetch[] = [];
  const pieces: { id: number; text: string }[] = [];
  const ends: DataEnd[] = [];
  const aborts: string[] = [];
  let released = 0;
  let held = Promise.resolve();
  const hold = () => held = new Promise(() => {});
  const connection = {
    releaseBulk: (bytes: number) => released += bytes,
    abort: (code: string) => void aborts.push(code),
  };
  const post = {
    connection,
    post: (_: unknown, fetch: Fetch) => void fetches.push(fetch),
    bulk: (_: unknown, end: DataEnd) => Promise.resolve(void ends.push(end)),
    pieces: (_: unknown, [id = -1]: number[], bytes: Uint8Array) =>
      held.then(() => void pieces.push({ id, text: new TextDecoder().decode(bytes) })),
  };
  const line = { post } as unknown as WorkerLine;
  return { line, fetches, pieces, ends, aborts, hold, released: () => released };
}

function dataOf(id: number, text: string): FrameView {
  const payload = new Uint8Array(4 + text.length);
  new DataView(payload.buffer).setUint32(0, id);
  payload.set(new TextEncoder().encode(text), 4);
  const view = new FrameView(encodeFrame(0x2e, payload));
  view.moveTo(0, payload.length + 1);
  return view;
}

/** Two workers that cannot meet: one asks for a run, the other has been asked for it. */
function setUp() {
  const lost: AttemptName[] = [];
  const from = fakeLine();
  const to = fakeLine();
  let holder: WorkerLine | undefined = from.line;
  const desk = new RelayDesk({ holder: () => holder, onLost: (name) => lost.push(name) });
  desk.fetch(to.line, { id: 77, name, partition: 3 });
  const relay = from.fetches[0]?.id ?? -1;
  return { desk, from, to, lost, relay, loseHolder: () => holder = undefined };
}

Deno.test("RelayDesk carries a run, with the number of who asked, and gives credit back", async () => {
  const { desk, from, to, relay, lost } = setUp();
  assert.deepEqual(from.fetches, [{ id: relay, name, partition: 3 }]);
  desk.data(from.line, dataOf(relay, "one "));
  desk.data(from.line, dataOf(relay, "two"));
  desk.dataEnd(from.line, { id: relay, bytes: 7 });
  await settle();
  assert.deepEqual(to.pieces, [{ id: 77, text: "one " }, { id: 77, text: "two" }]);
  assert.deepEqual(to.ends, [{ id: 77, bytes: 7 }]);
  assert.equal(from.released(), 5 + 4 + 4 + 5 + 4 + 3);
  assert.deepEqual([desk.relayedBytes, lost], [7, []]);
});

Deno.test("RelayDesk says at once when nobody has a run", () => {
  const { desk, to, loseHolder } = setUp();
  loseHolder();
  desk.fetch(to.line, { id: 78, name, partition: 3 });
  assert.deepEqual(to.ends.map(({ id, failure }) => [id, failure?.code]), [[78, "gone"]]);
});

Deno.test("RelayDesk passes on that a run is gone, and tells of it", async () => {
  const { desk, from, to, relay, lost } = setUp();
  const failure = { code: "gone", message: "cut" };
  desk.dataEnd(from.line, { id: relay, bytes: 0, failure });
  await settle();
  assert.deepEqual(to.ends, [{ id: 77, bytes: 0, failure }]);
  assert.deepEqual(lost, [name]);
});

Deno.test("RelayDesk ends a run whose source leaves in the middle", async () => {
  const { desk, from, to, relay } = setUp();
  desk.data(from.line, dataOf(relay, "one "));
  desk.left(from.line);
  await settle();
  assert.deepEqual(to.ends.map(({ id, failure }) => [id, failure?.code]), [[77, "gone"]]);
});

Deno.test("RelayDesk takes nothing from a third worker, or for who has left, but gives credit back", async () => {
  const { desk, from, to, relay } = setUp();
  const third = fakeLine();
  desk.data(third.line, dataOf(relay, "evil"));
  desk.dataEnd(third.line, { id: relay, bytes: 0 });
  desk.left(to.line);
  desk.data(from.line, dataOf(relay, "late"));
  await settle();
  assert.deepEqual([to.pieces, to.ends], [[], []]);
  assert.deepEqual([third.released(), from.released()], [13, 13]);
});

for (
  const [what, end] of [
    ["is shorter than its end says", { bytes: 9 }],
    ["fails for a reason of its own", { bytes: 4, failure: { code: "line", message: "so" } }],
  ] as const
) {
  Deno.test(`RelayDesk takes a run as gone that ${what}`, async () => {
    const { desk, from, to, relay, lost } = setUp();
    desk.data(from.line, dataOf(relay, "one "));
    desk.dataEnd(from.line, { id: relay, ...end });
    await settle();
    assert.deepEqual(to.ends.map(({ id, failure }) => [id, failure?.code]), [[77, "gone"]]);
    assert.deepEqual(lost, [name]);
  });
}

Deno.test("RelayDesk.tick() takes a run as gone whose holder says nothing", async () => {
  const { desk, from, to, relay, lost } = setUp();
  desk.tick(0);
  desk.tick(SILENT_MS - 1);
  desk.data(from.line, dataOf(relay, "one "));
  await settle();
  for (const ms of [0, 1, SILENT_MS - 1]) desk.tick(SILENT_MS + ms);
  assert.deepEqual(lost, []);
  desk.tick(2 * SILENT_MS);
  await settle();
  assert.deepEqual(lost, [name]);
  assert.deepEqual(to.ends.map(({ id, failure }) => [id, failure?.code]), [[77, "gone"]]);
});

Deno.test("RelayDesk.tick() takes a run as gone that trickles without end", async () => {
  const { desk, from, relay, lost } = setUp();
  let ms = 0;
  const trickle = async (untilMs: number, text: string) => {
    for (; ms < untilMs; ms += 1000) {
      desk.tick(ms);
      desk.data(from.line, dataOf(relay, text));
      await settle();
    }
  };
  await trickle(TRICKLE_MS / 2, "x");
  await trickle(2 * TRICKLE_MS, "x".repeat(200));
  assert.deepEqual(lost, []);
  await trickle(4 * TRICKLE_MS, "x");
  assert.deepEqual(lost, [name]);
});

Deno.test("RelayDesk.tick() forgets the silence of a holder of whom nothing is wanted", () => {
  const { desk, from, to, lost } = setUp();
  desk.tick(0);
  desk.left(to.line);
  desk.tick(1000);
  const other = fakeLine();
  desk.fetch(other.line, { id: 78, name, partition: 3 });
  for (const ms of [0, 1, SILENT_MS - 1]) desk.tick(2 * TRICKLE_MS + ms);
  assert.deepEqual([lost, from.fetches.length], [[], 2]);
});

Deno.test("RelayDesk.tick() waits for a holder that waits for who asked", async () => {
  const { desk, from, to, relay, lost } = setUp();
  to.hold();
  desk.data(from.line, dataOf(relay, "one "));
  await settle();
  for (const times of [0, 1, 2]) desk.tick(times * SILENT_MS);
  assert.deepEqual(lost, []);
});

Deno.test("RelayDesk.fetch() ends the line of a worker that asks without end", () => {
  const { desk, to, relay } = setUp();
  assert(relay > 0);
  for (let id = 0; id < 20_000; id++) desk.fetch(to.line, { id, name, partition: 3 });
  assert.deepEqual(to.aborts, ["mapreduce.flood"]);
});
