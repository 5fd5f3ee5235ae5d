/** Bytes and frames that are not what they should be. */
import assert from "node:assert/strict";
import { Random } from "../random.ts";
import type { Attacks, Target } from "./attack.ts";
import { frame, Peer } from "./peer.ts";
import { preyOf } from "./prey.ts";
import { wait } from "../e2e/processes.ts";

/** How long a frame that is not whole is waited for, in milliseconds. */
const PATIENCE_MS = 100;

/** Attackers at once. */
const AT_ONCE = 100;

/** Opens many peers, before and after the handshake, and sends each something; notes how they end. */
async function spoil(
  target: Target,
  all: readonly Uint8Array[],
  what: string,
): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const ends = all.slice(at, at + AT_ONCE).map(async (bytes, i) => {
      using peer = (at + i) % 2 === 0
        ? await Peer.open(target.goal)
        : await Peer.login(target.goal, `${what}-${i}`);
      await peer.write(bytes);
      return await Promise.race([peer.ended, wait(PATIENCE_MS)]);
    });
    for (const end of await Promise.all(ends)) {
      assert.notEqual(end?.code, "internal", end?.message);
      target.tell(end?.code ?? "waited for");
    }
  }
}

/** Something else than this frame. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const at = random.below(copy.length);
  switch (random.below(5)) {
    case 0: // bits flipped
      for (let i = random.between(1, 3); i > 0; i--) {
        const place = random.below(copy.length);
        copy[place] = (copy[place] ?? 0) ^ 1 << random.below(8);
      }
      return copy;
    case 1: // cut
      return copy.subarray(0, Math.max(1, at));
    case 2: // doubled
      return new Uint8Array([...copy, ...copy]);
    case 3: // a part of it doubled, behind a length that is right
      return frame(copy[4] ?? 0, new Uint8Array([...copy.subarray(5), ...copy.subarray(at)]));
    default: // another length
      new DataView(copy.buffer, copy.byteOffset).setUint32(
        0,
        random.pick([0, 1, copy.length - 5, copy.length - 3, 65_536, 2 ** 26, 2 ** 32 - 1]),
      );
      return copy;
  }
}

/** Bytes, vectors, lengths. */
export const bytesAttacks: Attacks = {
  async "random bytes"(target) {
    const random = new Random(7);
    const all = Array.from({ length: 60 * target.size }, () => {
      const bytes = random.bytes(random.between(8, 5000));
      if (random.oneIn(2)) bytes.set([0, 0, 0, random.between(1, 8), random.below(256)]);
      return bytes;
    });
    await spoil(target, all, "noise");
  },

  async "every vector, mutated"(target) {
    const random = new Random(11);
    const { frames } = preyOf(target.goal.service);
    const all = Array.from({ length: 2 * target.size }, () => frames).flat()
      .map((frame) => mutated(frame, random));
    await spoil(target, all, "mutant");
  },

  async "frames of 0, 1 and 2^32-1 bytes, and one byte too many"(target) {
    const { maxFrameBytes } = preyOf(target.goal.service);
    const head = (n: number) => {
      const bytes = new Uint8Array(6);
      new DataView(bytes.buffer).setUint32(0, n);
      bytes[4] = 0x80;
      return bytes;
    };
    for (
      const [n, early, late] of [
        [0, "frame-empty", "frame-empty"],
        [2 ** 32 - 1, "frame-too-large", "frame-too-large"],
        [4097, "frame-too-large", undefined],
        [maxFrameBytes + 1, "frame-too-large", "frame-too-large"],
      ] as const
    ) {
      using stranger = await Peer.open(target.goal);
      await stranger.write(head(n));
      assert.equal((await stranger.over()).code, early, `${n}`);
      if (late === undefined) continue;
      using known = await Peer.login(target.goal, "sizes");
      await known.write(head(n));
      assert.equal((await known.over()).code, late, `${n}`);
      target.tell(late);
    }
    using tiny = await Peer.login(target.goal, "tiny");
    const many = new Uint8Array(5 * 100_000 * target.size);
    for (let at = 0; at < many.length; at += 5) many.set([0, 0, 0, 1, 0xff], at);
    await tiny.write(many); // of a kind that whoever does not know it skips
    const end = await tiny.handled();
    target.tell(end?.code ?? "100,000 tiny ones skipped");
  },
};
