/** What clients of `collect` may do to each other. */
import assert from "node:assert/strict";
import { collectService } from "../../lib/collect/protocol.ts";
import { wait } from "../e2e/processes.ts";
import type { Attacks } from "./attack.ts";
import { frame, Peer } from "./peer.ts";

const { kinds } = collectService;

/** SAMPLES: previous and first sequence, then times. */
function samples(previous: bigint, first: bigint, count: number): Uint8Array {
  const payload = new Uint8Array(20 + 8 * count);
  const data = new DataView(payload.buffer);
  data.setBigUint64(0, previous);
  data.setBigUint64(8, first);
  for (let i = 0; i < count; i++) data.setBigInt64(20 + 8 * i, BigInt(i));
  return frame(kinds.samples.code, payload);
}

/** Numbers that are forged, the name of another, reports without end. */
export const collectAttacks: Attacks = {
  async "samples with forged numbers, in the name of another"(target) {
    for (
      const [previous, first, count, code] of [
        [5n, 6n, 1, "bad-message"], // after samples that nobody sent
        [0n, 0n, 1, "bad-message"],
        [1n, 1n, 1, "bad-message"],
        [0n, 2n ** 64n - 1n, 1, "bad-message"],
        [0n, 2n ** 53n - 2n, 4096, "bad-message"],
      ] as const
    ) {
      using peer = await Peer.login(target.goal, "honest");
      await peer.write(samples(previous, first, count));
      assert.equal((await peer.over()).code, code, `${previous} ${first}`);
      target.tell(code);
    }
  },

  async "samples without end, none waited for"(target) {
    await Promise.all(Array.from({ length: 3 }, async (_, i) => {
      using peer = await Peer.login(target.goal, `greedy-${i}`);
      for (let first = 1n; peer.end === undefined && first < 4096n * 64n; first += 4096n) {
        await peer.write(samples(first - 1n, first, 4096));
      }
      const end = await Promise.race([peer.ended, wait(3000)]);
      target.tell(end?.code ?? "taken");
    }));
  },

  async "reports of everything, from many"(target) {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      using peer = await Peer.login(target.goal, `curious-${i}`);
      for (let n = 0; n < 5 && peer.end === undefined; n++) {
        await peer.send(kinds.report.code, {});
        await wait(20);
      }
      target.tell((await peer.handled())?.code ?? "answered");
    }));
  },
};
