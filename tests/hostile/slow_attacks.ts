/** Peers that take their time: a byte a second, half closed lines, nothing read. */
import assert from "node:assert/strict";
import { wait } from "../e2e/processes.ts";
import type { Attacks, Target } from "./attack.ts";
import { Peer } from "./peer.ts";
import { preyOf } from "./prey.ts";

/** Time to shake hands, and some, in milliseconds. */
const HANDSHAKE_MS = 5600;

/** How many do it at once. */
const SLOW = 20;

/** Sends a byte each second, until it is told to stop or told off. */
async function drip(peer: Peer, bytes: Uint8Array, forMs: number): Promise<void> {
  const endMs = performance.now() + forMs;
  for (let at = 0; performance.now() < endMs && peer.end === undefined; at++) {
    await peer.write(bytes.subarray(at % bytes.length, at % bytes.length + 1));
    await Promise.race([peer.ended, wait(1000)]);
  }
}

/** Tells how they ended; those that are still there are not told off. */
function tellAll({ tell }: Target, peers: readonly Peer[]): void {
  for (const { end } of peers) tell(end === undefined ? "waited for" : end.code);
}

/** Each waits for the time that a handshake may take; they can do it side by side. */
export const slowAttacks: Attacks = {
  async "a HELLO of a byte a second"(target) {
    using crowd = new DisposableStack();
    const peers = await Promise.all(Array.from({ length: SLOW }, () => Peer.open(target.goal)));
    for (const peer of peers) crowd.use(peer);
    const hello = new Uint8Array(200).fill(0x20);
    hello.set([0, 0, 0, 196, 1]);
    await Promise.all(peers.map((peer) => drip(peer, hello, HANDSHAKE_MS)));
    tellAll(target, peers);
    for (const { end } of peers) assert.equal(end?.code, "handshake-timeout");
  },

  async "a frame of a byte a second, after the handshake"(target) {
    using crowd = new DisposableStack();
    const { maxFrameBytes } = preyOf(target.goal.service);
    const frame = new Uint8Array(1000);
    new DataView(frame.buffer).setUint32(0, Math.min(maxFrameBytes, 60_000));
    frame[4] = 0x20;
    const slow = Array.from({ length: SLOW }, async (_, i) => {
      const peer = crowd.use(await Peer.login(target.goal, `slow-${i}`));
      await drip(peer, frame, HANDSHAKE_MS);
      return peer;
    });
    tellAll(target, await Promise.all(slow));
  },

  async "half closed, before and after the handshake"(target) {
    using crowd = new DisposableStack();
    const half = Array.from({ length: SLOW }, async (_, i) => {
      const peer = crowd.use(
        i % 2 === 0 ? await Peer.open(target.goal) : await Peer.login(target.goal, `half-${i}`),
      );
      await peer.closeWrite();
      await Promise.race([peer.ended, wait(HANDSHAKE_MS)]);
      return peer;
    });
    const peers = await Promise.all(half);
    tellAll(target, peers);
    for (const { end } of peers) assert.equal(end?.code, "", "it hung up, and so do we");
  },

  async "asking for ever, reading nothing"(target) {
    const { question } = preyOf(target.goal.service);
    const many = new Uint8Array(question.length * 2000);
    for (let at = 0; at < many.length; at += question.length) many.set(question, at);
    const deaf = Array.from({ length: 4 }, async (_, i) => {
      using peer = await Peer.login(target.goal, `deaf-${i}`);
      const goOn = peer.stopReading();
      const endMs = performance.now() + HANDSHAKE_MS;
      while (performance.now() < endMs && peer.end === undefined) {
        await Promise.race([peer.write(many), wait(1000)]);
        await wait(20);
      }
      goOn();
      const end = await Promise.race([peer.ended, wait(1000)]);
      target.tell(end?.code ?? "waited for");
    });
    await Promise.all(deaf);
  },
};
