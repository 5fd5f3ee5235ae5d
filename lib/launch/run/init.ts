import { ExitCode } from "../../config/exit_code.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { EXAMPLE_FILE } from "./example_file.ts";
import { DEFAULT_FILE } from "./up.ts";

/** Flags of `tram launch init`. */
export interface InitFlags {
  readonly file: string | undefined;
  readonly force: boolean;
}

/** `tram launch init`: writes a launch file to start from. */
export async function init(context: RunContext, flags: InitFlags): Promise<ExitCode> {
  const path = flags.file ?? DEFAULT_FILE;
  const isMade = await context.files.writeNew(path, EXAMPLE_FILE, {
    ...{ isSecret: false, replaces: flags.force },
  });
  if (!isMade) {
    throw new UsageError(`Cannot write ${path}: it is there; name another, or give --force`);
  }
  context.process.stdout.write(`${path} is written; "tram launch up ${path}" runs it\n`);
  return ExitCode.Done;
}
