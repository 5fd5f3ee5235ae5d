import { findCuts } from "./find_cuts.ts";
import type { Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { openInput } from "./open_input.ts";
import { planSplits, type SplitSizes, splitSizes } from "./plan_splits.ts";
import type { MapTask } from "./split.ts";

/**
 * Plans the map tasks of a job; looks into the inputs that are large.
 *
 * @param sizes @default {by the size of all inputs}
 * @throws {InputError} when an input cannot be read any more
 */
export async function planTasks(
  inputs: readonly Input[],
  files: InputFiles,
  { sizes, signal }: { readonly sizes?: SplitSizes; readonly signal?: AbortSignal } = {},
): Promise<readonly MapTask[]> {
  const { splitBytes, packBytes } = sizes ??
    splitSizes(inputs.reduce((sum, { size }) => sum + size, 0));
  const cuts = new Map<number, readonly number[]>();
  for (const input of inputs) {
    if (input.size <= splitBytes) continue;
    await using source = await openInput(input, files, signal);
    cuts.set(input.number, await findCuts(input, source, splitBytes, signal));
  }
  return planSplits(inputs, cuts, { packBytes });
}
