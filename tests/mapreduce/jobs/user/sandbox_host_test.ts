import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../lib/clock/fake_clock.ts";
import { framesOf, hostSandbox } from "../../../../lib/mapreduce/jobs/user/sandbox_host.ts";
import {
  packPayload,
  SandboxKind,
  unpackPayload,
} from "../../../../lib/mapreduce/jobs/user/sandbox_frames.ts";
import type { ThreadFrame } from "../../../../lib/mapreduce/jobs/user/sandbox_thread.ts";
import { encodeFrame } from "../../../../lib/transport/frame.ts";
import { Pipe } from "../fake_sandbox.ts";

/** A host with a thread that the test plays. */
function host() {
  const clock = new FakeClock();
  const input = new Pipe();
  const sent: ThreadFrame[] = [];
  const asked: ThreadFrame[] = [];
  const world = { used: 0, hasEnded: false, isBroken: false };
  let answer: (frame: ThreadFrame) => void = () => {};
  let fail: (message: string) => void = () => {};
  const ended = hostSandbox({
    ...{ clock, input, usedBytes: () => world.used },
    async write(bytes) {
      if (world.isBroken) throw new Error("nobody reads");
      for await (const frame of framesOf(once(bytes))) sent.push(frame);
    },
    openThread(onFrame, onFail) {
      answer = onFrame;
      fail = onFail;
      return {
        post: (frame) => void asked.push(frame),
        end: () => void (world.hasEnded = true),
      };
    },
  });
  const open = packPayload({ name: "a", source: "", memoryBytes: 1000 });
  input.write(encodeFrame(SandboxKind.Open, open));
  return {
    ...{ clock, input, sent, asked, world, ended },
    answer: (frame: ThreadFrame) => answer(frame),
    fail: (message: string) => fail(message),
  };
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

Deno.test("hostSandbox() hands frames to the thread and back, until its input ends", async () => {
  const { input, asked, sent, answer, ended, world } = host();
  input.write(encodeFrame(SandboxKind.Map, new Uint8Array([1, 2])));
  await settle();
  assert.deepEqual(asked.map(({ kind }) => kind), [SandboxKind.Open, SandboxKind.Map]);
  assert.deepEqual(asked[1]!.payload, new Uint8Array([1, 2]));
  answer({ kind: SandboxKind.Done, payload: new Uint8Array([3]) });
  await settle();
  assert.deepEqual(sent, [{ kind: SandboxKind.Done, payload: new Uint8Array([3]) }]);
  input.end();
  await ended;
  assert(world.hasEnded);
});

Deno.test("hostSandbox() says that the job takes too much memory, and ends", async () => {
  const { clock, sent, ended, world } = host();
  await settle();
  world.used = 1000;
  await clock.advance(1000);
  assert.equal(sent.length, 0);
  world.used = 1001;
  await clock.runUntil(ended);
  assert.equal(sent[0]!.kind, SandboxKind.Died);
  const { head } = unpackPayload(sent[0]!.payload);
  assert.deepEqual(head, { message: "it took more than 1,000 B of memory" });
});

Deno.test("hostSandbox() says why its thread has ended, and sends nothing behind that", async () => {
  const { sent, fail, answer, ended } = host();
  await settle();
  fail("Uncaught Error: late");
  answer({ kind: SandboxKind.Done, payload: new Uint8Array(1) });
  await ended;
  assert.deepEqual(sent.map(({ kind }) => kind), [SandboxKind.Died]);
});

Deno.test("hostSandbox() ends when nobody reads its answers", async () => {
  const { answer, ended, world } = host();
  await settle();
  world.isBroken = true;
  answer({ kind: SandboxKind.Done, payload: new Uint8Array(1) });
  await ended;
});

Deno.test("framesOf() finds frames however the bytes are cut", async () => {
  const frames = [new Uint8Array(0), new Uint8Array([9]), new Uint8Array(200_000).fill(7)];
  const bytes = new Uint8Array(frames.flatMap((payload) => [...encodeFrame(0x21, payload)]));
  for (const step of [1, 3, 8191, 65_536, bytes.length]) {
    const parts = async function* () {
      for (let at = 0; at < bytes.length; at += step) yield bytes.slice(at, at + step);
    };
    const found: Uint8Array[] = [];
    for await (const { payload } of framesOf(parts())) found.push(payload);
    assert.deepEqual(found, frames);
  }
});
