import type { Clock } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import type { ProcessRoom } from "../guard/process_room.ts";

/** How long to go on killing what does not go, in milliseconds, and how often to look. */
const GIVE_UP_MS = 10_000;
const LOOK_MS = 50;

/**
 * Kills what carries a mark on this machine, until nothing is left: for what a guard did that was
 * killed itself.
 *
 * @returns numbers of processes that would not go
 */
export async function sweepHere(
  room: ProcessRoom,
  clock: Clock,
  mark: string,
): Promise<readonly number[]> {
  const endNs = clock.monotonicNs() + GIVE_UP_MS * 1e6;
  for (let empty = 0;;) {
    const { pids } = room.find(mark, (group) => room.signalGroup(group, "SIGKILL"));
    if (pids.length === 0 && ++empty === 2) return [];
    if (pids.length === 0) continue;
    empty = 0;
    if (clock.monotonicNs() > endNs) return pids;
    await sleep(clock, LOOK_MS);
  }
}
