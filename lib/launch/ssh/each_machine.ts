import type { Machine } from "../hosts/machine.ts";
import { HostError, HostProblem } from "./host_error.ts";

/** How it went on a machine. */
export type MachineResult<T> =
  | { readonly machine: Machine; readonly value: T; readonly error?: undefined }
  | { readonly machine: Machine; readonly error: HostError };

/**
 * Does something on all machines at once. One that fails holds up no other; an error that is not
 * about a machine ends all.
 *
 * @param onResult told of each as it comes
 * @throws the signal's reason only when nothing has been done; else what there is counts
 */
export async function eachMachine<T>(
  machines: readonly Machine[],
  signal: AbortSignal,
  run: (machine: Machine) => Promise<T>,
  onResult: (result: MachineResult<T>) => void = () => {},
): Promise<readonly MachineResult<T>[]> {
  const results = await Promise.all(machines.map(async (machine) => {
    const result = await one(machine, signal, run);
    onResult(result);
    return result;
  }));
  return results;
}

async function one<T>(
  machine: Machine,
  signal: AbortSignal,
  run: (machine: Machine) => Promise<T>,
): Promise<MachineResult<T>> {
  try {
    return { machine, value: await run(machine) };
  } catch (error) {
    if (error instanceof HostError) return { machine, error };
    const { name } = machine;
    if (signal.aborted) {
      return { machine, error: new HostError(HostProblem.Lost, name, `${name}: interrupted`) };
    }
    throw error;
  }
}
