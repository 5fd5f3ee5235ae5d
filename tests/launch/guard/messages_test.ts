import assert from "node:assert/strict";
import fc from "fast-check";
import {
  beatMs,
  decodeFromGuard,
  decodeToGuard,
  encodeMessage,
  type FromGuard,
  GuardMessageError,
  type ToGuard,
} from "../../../lib/launch/guard/messages.ts";
import { readFrames } from "../../../lib/launch/guard/read_frames.ts";

const bytes = new Uint8Array([0, 1, 2, 255]);

const TO: readonly ToGuard[] = [
  { type: "hello", runId: "r1", hostName: "here", silenceMs: 0, files: [{ name: "t", text: "x" }] },
  {
    ...{ type: "start", copy: 1, name: "a.1", program: null, args: ["x"], env: { A: "b" } },
    ...{ cwd: "/tmp", stopGraceMs: 5000, input: "none" },
  },
  { type: "input", copy: 7, bytes },
  { type: "input-end", copy: 7 },
  { type: "stop", copy: 7 },
  { type: "beat" },
  { type: "end", graceMs: 0 },
];

const FROM: readonly FromGuard[] = [
  {
    ...{ type: "ready", pid: 1, host: "h", cores: 2, os: "linux", arch: "x86_64" },
    ...{ version: "1", guardId: "r1-1", folder: "/tmp/x" },
  },
  { type: "started", copy: 1, pid: 2 },
  { type: "failed", copy: 1, message: "why" },
  { type: "output", copy: 2 ** 32 - 1, stream: "stderr", bytes },
  { type: "exited", copy: 1, code: 137, signal: "SIGKILL" },
  { type: "taken", copy: 1, bytes: 5 },
  { type: "ended", left: [3] },
];

async function* cut(whole: Uint8Array, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

Deno.test("encodeMessage() is read back, however the bytes are cut", async () => {
  for (const size of [1, 3, 1000]) {
    const to = new Uint8Array(TO.flatMap((message) => [...encodeMessage(message)]));
    assert.deepEqual(await all(readFrames(cut(to, size), decodeToGuard)), TO);
    const from = new Uint8Array(FROM.flatMap((message) => [...encodeMessage(message)]));
    assert.deepEqual(await all(readFrames(cut(from, size), decodeFromGuard)), FROM);
  }
});

Deno.test("decodeToGuard() and decodeFromGuard() refuse what has no meaning, and nothing else", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array(), (kind, payload) => {
    for (const decode of [decodeToGuard, decodeFromGuard]) {
      try {
        decode(kind, payload);
      } catch (error) {
        assert(error instanceof GuardMessageError, String(error));
      }
    }
  }));
});

Deno.test("decodeToGuard() takes no file name that leaves the folder", () => {
  for (const name of ["../x", "a/b", "", ".ssh", "/etc/x"]) {
    const hello = encodeMessage({
      ...{ type: "hello", runId: "r", hostName: "h", silenceMs: 0, files: [{ name, text: "" }] },
    });
    assert.throws(() => decodeToGuard(0x20, hello.subarray(5)), GuardMessageError, name);
  }
});

Deno.test("beatMs() leaves room for beats that are late", () => {
  for (const silenceMs of [1000, 3000, 20_000, 1e9]) assert(4 * beatMs(silenceMs) <= silenceMs);
  assert.equal(beatMs(0), beatMs(20_000), "who need not listen is told as often");
});
