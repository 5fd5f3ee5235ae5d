import type { Output } from "../../context.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { foldNames } from "../hosts/fold_names.ts";
import type { Machine } from "../hosts/machine.ts";
import type { HostError } from "./host_error.ts";

/** A machine that did not do what it should. */
export interface Failure {
  readonly machine: Machine;
  /** Why it could not be used; `undefined` when that has been said already. */
  readonly error?: HostError | undefined;
}

/** Says why machines failed, a line each, and then how many of how many, by name. */
export function sayFailures(stderr: Output, failures: readonly Failure[], total: number): void {
  if (failures.length === 0) return;
  for (const { error } of failures) {
    if (error !== undefined) {
      stderr.write(`tram: ${safeText(error.message.split("\n")[0] ?? "")}\n`);
    }
  }
  const names = foldNames(failures.map(({ machine }) => machine.name));
  const machines = total === 1 ? "machine" : "machines";
  stderr.write(`tram: ${failures.length} of ${total} ${machines} failed: ${names}\n`);
}
