import type { ExitCode } from "../../config/exit_code.ts";
import { parseConfigText } from "../../config/parse_config_text.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { logFolderName } from "./log_folder_name.ts";
import type { MachineFlags } from "./machine_options.ts";
import { parsePlan } from "./parse_plan.ts";
import { runPlan } from "./run_plan.ts";
import { selectRoles } from "./select_roles.ts";

/** Flags of `tram launch up`. */
export interface UpFlags extends MachineFlags {
  readonly file: string | undefined;
  readonly only: readonly string[] | undefined;
  readonly logDir: string | undefined;
  readonly noLogs: boolean;
  readonly json: boolean;
}

/** The launch file that is looked for when none is named. */
export const DEFAULT_FILE = "launch.toml";

/** `tram launch up`: runs what a launch file says. */
export async function up(context: RunContext, flags: UpFlags): Promise<ExitCode> {
  const path = flags.file ?? DEFAULT_FILE;
  const text = await context.files.readText(path);
  if (text === undefined) {
    throw new UsageError(
      `Cannot use ${path}: there is no such file; "tram launch init" writes one to start from`,
    );
  }
  const whole = parsePlan(await parseConfigText(text, path), path);
  const plan = flags.only === undefined ? whole : selectRoles(whole, flags.only);
  const { logDir = logFolderName(plan.name, context.clock), noLogs, json } = flags;
  return await runPlan(context, plan, {
    ...{ json, logDir: noLogs ? undefined : logDir, machineFlags: flags },
  });
}
