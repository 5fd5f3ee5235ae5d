/** Peers who belong here and send more than anybody wants: large frames, deep and wide JSON, floods. */
import assert from "node:assert/strict";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { wait } from "../e2e/processes.ts";
import type { Attacks, Target } from "./attack.ts";
import { Peer } from "./peer.ts";
import { preyOf } from "./prey.ts";

/** Bytes, again and again, until there are so many. */
function filled(bytes: number, part: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes);
  all.set(part.subarray(0, bytes));
  for (let at = part.length; at < bytes; at *= 2) all.copyWithin(at, 0, at);
  return all;
}

/** Floods, from a few lines at once, for about a second. */
async function flood(target: Target, name: string, bytes: Uint8Array): Promise<void> {
  await Promise.all(Array.from({ length: 3 }, async (_, i) => {
    using peer = await Peer.login(target.goal, `${name}-${i}`);
    const endMs = performance.now() + 500 * target.size;
    while (performance.now() < endMs && peer.end === undefined) {
      await Promise.race([peer.write(bytes), wait(1000), peer.ended]);
    }
    const end = await Promise.race([peer.ended, wait(100)]);
    assert.notEqual(end?.code, "internal", end?.message);
    target.tell(end?.code ?? "taken");
  }));
}

/** Loads. */
export const loadAttacks: Attacks = {
  async "questions without end"(target) {
    await flood(target, "asks", repeat(preyOf(target.goal.service).question));
  },

  async "PING and CREDIT without end"(target) {
    const credit = encodeFrame(Kind.Credit, new Uint8Array(4).fill(0xff));
    const ping = encodeFrame(Kind.Ping, new Uint8Array(8));
    await flood(target, "pings", repeat(new Uint8Array([...ping, ...credit])));
  },

  async "the largest frames that may be"(target) {
    const { maxFrameBytes } = preyOf(target.goal.service);
    const frame = encodeFrame(0xf0, new Uint8Array(maxFrameBytes - 1));
    await flood(target, "large", frame);
  },

  async "large frames that are never whole"(target) {
    const { maxFrameBytes } = preyOf(target.goal.service);
    using crowd = new DisposableStack();
    const bytes = encodeFrame(0xf0, new Uint8Array(maxFrameBytes - 1)).subarray(0, -64);
    // Of the largest ones, more than all buffers of the process; of the others when there is time.
    const count = Math.min(maxFrameBytes > 2 ** 24 ? 20 : 30 * target.size, 150);
    const peers: Peer[] = [];
    for (let i = 0; i < count; i++) {
      const peer = crowd.use(await Peer.login(target.goal, `part-${i}`));
      peers.push(peer);
      await peer.write(bytes);
    }
    // When there is time: they are given up after two to three heartbeats, if memory is scarce.
    for (let i = 0; i < (target.size === 1 ? 1 : 18); i++) {
      await wait(target.size === 1 ? 500 : 1000);
      for (const peer of peers) if (peer.end === undefined) await peer.write(Uint8Array.of(0));
    }
    for (const { end } of peers) target.tell(end === undefined ? "waited for" : end.code);
  },
};

/** For services with messages in JSON. */
export const jsonAttacks: Attacks = {
  async "deep and wide JSON, invalid UTF-8"(target) {
    const { json, maxFrameBytes } = preyOf(target.goal.service);
    assert(json !== undefined);
    const bytes = Math.min(maxFrameBytes - 1, json.maxBytes);
    for (const text of ["[", '{"a":', "[{},", '{"a":0,', "\xff\xfe", '"\\ud800', "9", " ", "[]"]) {
      using peer = await Peer.login(target.goal, "json");
      const payload = filled(bytes, bytesOf(text));
      // The last two are whole: so deep, and so wide.
      if (text === "[]") payload.fill(0x5b, 0, payload.length >> 1).fill(0x5d, payload.length >> 1);
      await peer.send(json.code, payload);
      const { code, message } = await peer.over();
      assert.equal(code, "bad-message", `${text}: ${message}`);
      target.tell(code);
    }
    using peer = await Peer.login(target.goal, "json");
    const wide = filled(bytes, bytesOf("{},"));
    wide.set(bytesOf("[{},"));
    wide.set(bytesOf("{}]"), wide.length - 3 - (wide.length - 3) % 3);
    wide.fill(0x20, wide.length - (wide.length - 3) % 3);
    await peer.send(json.code, wide);
    const { code, message } = await peer.over();
    assert.equal(code, "bad-message", message);
    target.tell(code);
  },
};

/** The letters as bytes, one each. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Enough of a frame for one write. */
function repeat(frame: Uint8Array): Uint8Array {
  return filled(frame.length * 2000, frame);
}
