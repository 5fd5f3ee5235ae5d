import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { excludeMachines } from "./exclude_machines.ts";
import type { Machine } from "./machine.ts";
import { parseMachines } from "./parse_machines.ts";

/** Longest list, in bytes. */
const MAX_LIST_BYTES = 1024 * 1024;

/**
 * The machines of a list in a file, without those that are left out; warnings go to the log.
 *
 * @param exclude patterns of machines to leave out: `node[03-05],gateway`
 * @throws {UsageError} when the list is wrong, or no machine is left
 */
export async function readMachines(
  { files, log }: Pick<RunContext, "files"> & { readonly log: Pick<RunContext["log"], "warn"> },
  path: string,
  exclude: readonly string[] = [],
): Promise<readonly Machine[]> {
  const text = await files.readText(path, MAX_LIST_BYTES);
  if (text === undefined) {
    throw new UsageError(`Cannot read the list of machines ${path}: there is no such file`);
  }
  try {
    const { machines, warnings } = parseMachines(text, path);
    for (const warning of warnings) log.warn(warning);
    const left = exclude.reduce(excludeMachines, machines);
    if (left.length > 0) return left;
    const why = machines.length > 0 ? "all are left out" : "it names none";
    throw new UsageError(`Cannot use the list of machines ${path}: ${why}`);
  } catch (error) {
    throw error instanceof SyntaxError ? new UsageError(error.message) : error;
  }
}
