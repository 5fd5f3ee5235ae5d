import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { LinePost } from "../../../lib/mapreduce/engine/line_post.ts";
import { type MapreduceKinds, mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";
import { Requests } from "../../../lib/mapreduce/engine/requests.ts";
import { encodeFrame } from "../../../lib/transport/frame.ts";
import { FrameView } from "../../../lib/transport/frame_view.ts";

const question = { input: 0, offset: 0, length: 9 };

/** Requests on a line that keeps what is sent on it. */
function setUp() {
  const ids: number[] = [];
  let released = 0;
  const closed = Promise.withResolvers<{ readonly message: string }>();
  const post = {
    connection: { closed: closed.promise, releaseBulk: (bytes: number) => released += bytes },
    post: (_: unknown, { id }: { readonly id: number }) => void ids.push(id),
  };
  const requests = new Requests(post as unknown as LinePost<MapreduceKinds>);
  const taken: string[] = [];
  const write = (bytes: Uint8Array) => void taken.push(new TextDecoder().decode(bytes));
  const ask = (signal?: AbortSignal) =>
    requests.ask(mapreduceService.kinds.read, question, write, signal);
  return { requests, ask, ids, taken, close: closed.resolve, released: () => released };
}

function dataOf(id: number, text: string): FrameView {
  const payload = new Uint8Array(4 + text.length);
  new DataView(payload.buffer).setUint32(0, id);
  payload.set(new TextEncoder().encode(text), 4);
  const view = new FrameView(encodeFrame(0x2e, payload));
  view.moveTo(0, payload.length + 1);
  return view;
}

Deno.test("Requests.ask() takes what comes, and says when some of it did not", async () => {
  const { requests, ask, ids, taken } = setUp();
  const whole = ask();
  const short = ask();
  requests.data(dataOf(ids[0] ?? -1, "one"));
  requests.data(dataOf(ids[1] ?? -1, "two"));
  requests.dataEnd({ id: ids[0] ?? -1, bytes: 3 });
  requests.dataEnd({ id: ids[1] ?? -1, bytes: 4 });
  assert.deepEqual(await whole, { bytes: 3 });
  const failure = { code: "short", message: "3 of 4 bytes came" };
  assert.deepEqual(await short, { bytes: 3, failure });
  assert.deepEqual(taken, ["one", "two"]);
});

Deno.test("Requests.ask() fails with the line, also when it is over already", async () => {
  const { ask, close } = setUp();
  const asked = ask();
  close({ message: "gone" });
  assert.deepEqual(await asked, { bytes: 0, failure: { code: "line", message: "gone" } });
  assert.equal((await ask()).failure?.code, "line");
});

Deno.test("Requests.ask() does not wait for what nobody wants, and gives its credit back", async () => {
  const { requests, ask, ids, taken, released } = setUp();
  const controller = new AbortController();
  const asked = ask(controller.signal);
  const id = ids[0] ?? -1;
  requests.data(dataOf(id, "one"));
  await settle();
  const reason = new Error("not wanted");
  controller.abort(reason);
  assert.deepEqual(await asked, { bytes: 3, error: reason });
  requests.data(dataOf(id, "two"));
  requests.dataEnd({ id, bytes: 6 });
  await settle();
  assert.deepEqual([taken, released()], [["one"], 2 * (5 + 4 + 3)]);
  assert.deepEqual((await ask(controller.signal)).error, reason);
});

Deno.test("Requests.isSilent() is true when nothing but a trickle comes for long", async () => {
  const { requests, ask, ids } = setUp();
  ask();
  const looks = async (text: string, times: number) => {
    const all: boolean[] = [];
    for (let i = 0; i < times; i++) {
      requests.data(dataOf(ids[0] ?? -1, text));
      await settle();
      all.push(requests.isSilent());
    }
    return all;
  };
  assert.deepEqual(await looks("x", 5), Array(5).fill(false));
  assert.deepEqual(await looks("x".repeat(4096), 1), [false]);
  assert.deepEqual(await looks("x", 6), [...Array(5).fill(false), true]);
});

Deno.test("Requests.isSilent() is true when nothing comes of what was asked for", async () => {
  const { requests, ask, ids } = setUp();
  assert.deepEqual([requests.isSilent(), requests.isSilent()], [false, false]);
  ask();
  assert.deepEqual([requests.isSilent(), requests.isSilent()], [false, true]);
  requests.data(dataOf(ids[0] ?? -1, "one"));
  await settle();
  assert.deepEqual([requests.isSilent(), requests.isSilent()], [false, true]);
  requests.dataEnd({ id: ids[0] ?? -1, bytes: 3 });
  await settle();
  assert.deepEqual([requests.isSilent(), requests.isSilent()], [false, false]);
});
