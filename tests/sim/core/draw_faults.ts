import { Random } from "../../random.ts";
import { type Fault, type FaultKind, isAtOnce } from "./fault.ts";

/** What may go wrong with a machine. */
export interface FaultMenu {
  readonly machine: string;
  readonly kinds: readonly FaultKind[];
  /** How often it is chosen, against others. @default {1} */
  readonly weight?: number;
}

/**
 * The faults of a seed, in order of time: none in one of ten runs, else few or many, spread out or in
 * bursts.
 *
 * @param untilMs none ends later
 */
export function drawFaults(
  seed: number,
  menus: readonly FaultMenu[],
  untilMs: number,
): readonly Fault[] {
  const random = new Random(seed ^ 0x5eed);
  if (random.oneIn(10)) return [];
  const machines = menus.flatMap((menu) => Array.from({ length: menu.weight ?? 1 }, () => menu));
  const count = random.oneIn(3) ? random.between(8, 20) : random.between(1, 7);
  const isBurst = random.oneIn(4);
  const burstMs = random.below(untilMs / 2);
  const faults = Array.from({ length: count }, (): Fault => {
    const { machine, kinds } = random.pick(machines);
    const kind = random.pick(kinds);
    const atMs = isBurst ? burstMs + random.below(untilMs / 10) : random.below(untilMs * 0.9);
    const forMs = isAtOnce(kind)
      ? 0
      : random.oneIn(3)
      ? random.between(1, untilMs / 2)
      : random.between(1, untilMs / 20);
    const endMs = Math.min(atMs + forMs, untilMs);
    return { atMs, kind, machine, forMs: endMs - atMs, dice: random.uint32() / 2 ** 32 };
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}
