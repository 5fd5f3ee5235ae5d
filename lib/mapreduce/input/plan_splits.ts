/** Which parts of the inputs are read together. */
import type { Input } from "./input.ts";
import type { MapTask, Split } from "./split.ts";

const MIB = 1024 * 1024;

/** Sizes of tasks. */
export interface SplitSizes {
  /** A larger input is cut into parts that are no larger than this, where it can be cut. */
  readonly splitBytes: number;
  /** Small inputs that follow each other are read together, up to this. */
  readonly packBytes: number;
}

/** Tasks that a job has at least, if its inputs let it: enough to keep a room busy. */
const WANTED_TASKS = 32;

/** Sizes for so many bytes in all. They do not depend on the workers, nor do the tasks. */
export function splitSizes(totalBytes: number): SplitSizes {
  const share = Math.ceil(totalBytes / WANTED_TASKS);
  return {
    splitBytes: Math.min(64 * MIB, Math.max(8 * MIB, share)),
    packBytes: Math.min(16 * MIB, Math.max(MIB, share)),
  };
}

/**
 * Plans the map tasks.
 *
 * @param cuts by number of the input, where it is cut: rising, inside of it
 */
export function planSplits(
  inputs: readonly Pick<Input, "number" | "size" | "format" | "isGzip">[],
  cuts: ReadonlyMap<number, readonly number[]>,
  { packBytes }: Pick<SplitSizes, "packBytes">,
): readonly MapTask[] {
  const tasks: MapTask[] = [];
  let splits: Split[] = [];
  let bytes = 0;
  const close = () => {
    if (splits.length > 0) tasks.push({ number: tasks.length, splits });
    splits = [];
    bytes = 0;
  };
  for (const split of inputs.flatMap((input) => splitsOf(input, cuts.get(input.number) ?? []))) {
    const splitBytes = split.endByte - split.startByte;
    if (bytes + splitBytes > packBytes) close();
    splits.push(split);
    bytes += splitBytes;
  }
  close();
  return tasks;
}

function splitsOf(
  { number, size, format, isGzip }: Pick<Input, "number" | "size" | "format" | "isGzip">,
  cuts: readonly number[],
): readonly Split[] {
  const borders = [0, ...cuts, size];
  return borders.slice(1).map((endByte, i) => {
    return { input: number, startByte: borders[i] as number, endByte, format, isGzip };
  });
}
