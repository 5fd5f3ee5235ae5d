import type { ExitCode } from "../../../config/exit_code.ts";
import type { RunContext } from "../../../context.ts";
import { logFolderName } from "../log_folder_name.ts";
import type { LaunchPlan } from "../launch_plan.ts";
import type { MachineFlags } from "../machine_options.ts";
import { runPlan } from "../run_plan.ts";
import { advertisedHost } from "./tool_flags.ts";

/** What all tools have. */
export interface ToolFlags extends MachineFlags {
  readonly host: string;
  readonly logDir: string | undefined;
  readonly keepLogs: boolean;
  readonly json: boolean;
}

/** Options that processes of one run have to agree on. */
const TLS_FILES = ["TLS_CA", "TLS_CERT", "TLS_KEY"];

/**
 * Takes back what the user has said for other servers, in the environment (empty counts as not set) or
 * in a file (which the environment beats): a client that wants TLS cannot talk to a server of this run
 * that has none. What the run itself says of these comes after it.
 */
function noSecrets(tool: string): Readonly<Record<string, string>> {
  const own = `TRAM_${tool.toUpperCase()}`;
  return Object.fromEntries([
    ...TLS_FILES.flatMap((name) => [[`TRAM_${name}`, "none"], [`${own}_${name}`, ""]]),
    ...[["TRAM_TOKEN_FILE", ""], [`${own}_TOKEN_FILE`, ""], [`${own}_INSECURE`, "false"]],
  ]);
}

/** Starts a tool: runs a plan that was made of its flags to its end. */
export async function runTool(
  context: RunContext,
  flags: ToolFlags,
  plan: LaunchPlan,
): Promise<ExitCode> {
  const { logDir, keepLogs, json } = flags;
  const machineFlags = { ...flags, advertise: advertisedHost(flags) };
  const folder = keepLogs ? logFolderName(plan.name, context.clock) : undefined;
  return await runPlan(context, plan, {
    ...{ json, logDir: logDir ?? folder, machineFlags, env: noSecrets(plan.name) },
  });
}
