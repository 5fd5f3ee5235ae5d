import type { ExitCode } from "../../../config/exit_code.ts";
import type { RunContext } from "../../../context.ts";
import { logFolderName } from "../log_folder_name.ts";
import type { LaunchPlan } from "../launch_plan.ts";
import type { MachineFlags } from "../machine_options.ts";
import { runPlan } from "../run_plan.ts";

/** What all tools have. */
export interface ToolFlags extends MachineFlags {
  readonly logDir: string | undefined;
  readonly keepLogs: boolean;
  readonly json: boolean;
}

/** Options that processes of one run have to agree on. */
const SECRETS = ["TOKEN_FILE", "TLS_CA", "TLS_CERT", "TLS_KEY"];

/**
 * Unsets what the user has said for other servers (empty counts as not set): a client that wants TLS
 * cannot talk to a server of this run that has none.
 */
function noSecrets(tool: string): Readonly<Record<string, string>> {
  const prefixes = ["TRAM", `TRAM_${tool.toUpperCase()}`];
  return Object.fromEntries(
    prefixes.flatMap((prefix) => SECRETS.map((name) => [`${prefix}_${name}`, ""])),
  );
}

/** Starts a tool: runs a plan that was made of its flags to its end. */
export async function runTool(
  context: RunContext,
  flags: ToolFlags,
  plan: LaunchPlan,
): Promise<ExitCode> {
  const { logDir, keepLogs, json } = flags;
  const folder = keepLogs ? logFolderName(plan.name, context.clock) : undefined;
  return await runPlan(context, plan, {
    ...{ json, logDir: logDir ?? folder, machineFlags: flags, env: noSecrets(plan.name) },
  });
}
