import { ExitCode } from "../../config/exit_code.ts";
import type { RunContext } from "../../context.ts";
import { openExecutable } from "./open_executable.ts";

/** `tram launch checksum`: prints the SHA-256 of this executable. */
export async function checksum(context: RunContext): Promise<ExitCode> {
  context.process.stdout.write(`${(await openExecutable(context, undefined)).sha256}\n`);
  return ExitCode.Done;
}
