import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Random } from "../../random.ts";

/** Lines of a machine: slower and faster ones, some with small windows and partial writes. */
export function pathOf(random: Random, maxDelayUs: number): PathSettings {
  const isNarrow = random.oneIn(3);
  return {
    delayUs: random.between(20, maxDelayUs),
    jitterUs: random.between(0, 3000),
    ...(isNarrow ? { windowBytes: random.between(500, 8000), bytesPerSecond: 50_000 } : {}),
    ...(random.oneIn(4) ? { maxWriteBytes: random.between(1, 300) } : {}),
  };
}
