import type { Files } from "../../context.ts";
import { type Machine, machineLine } from "../hosts/machine.ts";

/**
 * Writes the list of the machines that failed, as `--machines` takes it. When none has, the list is
 * empty, so that nobody does it all again by an old one.
 *
 * @throws {Error} when it cannot be written
 */
export function writeRetryFile(
  files: Pick<Files, "create">,
  path: string,
  failed: readonly Machine[],
): void {
  const file = files.create(path);
  try {
    file.begin();
    const lines = failed.map((machine) => `${machineLine(machine)}\n`).join("");
    file.write(new TextEncoder().encode(lines || "# none failed\n"));
  } finally {
    file.close();
  }
}
