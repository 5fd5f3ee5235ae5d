import type { RunContext } from "../../../context.ts";
import { readMachines } from "../../hosts/read_machines.ts";
import type { MachineFlags } from "../machine_options.ts";

/** Which machines there are. */
interface Flags extends Pick<MachineFlags, "exclude"> {
  /** List of machines. @default {this machine} */
  readonly machines: string | undefined;
}

/**
 * How many copies the machines of a list take; `undefined` without a list.
 *
 * @throws {UsageError} when the list is wrong
 */
export async function slotsOf(
  context: RunContext,
  { machines: path, exclude }: Flags,
): Promise<number | undefined> {
  if (path === undefined) return undefined;
  const log = { warn() {} }; // the list is read again, and its warnings are said then
  const machines = await readMachines({ files: context.files, log }, path, exclude);
  return machines.reduce((sum, { slots }) => sum + slots, 0);
}
