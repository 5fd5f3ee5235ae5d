import { ExitCode } from "../../config/exit_code.ts";
import type { RunContext } from "../../context.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import type { LogFolder } from "../launch_host.ts";
import { openControl } from "./control.ts";
import { failureText } from "./failure_text.ts";
import { Launcher } from "./launcher.ts";
import type { LaunchPlan } from "./launch_plan.ts";
import type { MachineFlags } from "./machine_options.ts";
import { openPlaces } from "./open_places.ts";
import { makeRunSecrets } from "./make_run_secrets.ts";
import type { LaunchResult } from "./supervisor_types.ts";
import { Tunnel } from "./tunnel.ts";
import { tunnelledCopies } from "./tunnelled_copies.ts";

/** How a plan is run. */
export interface RunPlanOptions {
  readonly json: boolean;
  /** Folder for what copies write; `undefined`: they are not kept. */
  readonly logDir: string | undefined;
  readonly machineFlags: MachineFlags;
  /** For all roles, where the run has nothing else to say. @default {nothing} */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a plan to its end, and says how it went. */
export async function runPlan(
  context: RunContext,
  plan: LaunchPlan,
  { json, logDir, machineFlags, env: usual = {} }: RunPlanOptions,
): Promise<ExitCode> {
  const { log, process: { stdout } } = context;
  const host = await context.launchHost();
  using tunnel = machineFlags.tunnel
    ? new Tunnel({ network: context.network, log, copies: tunnelledCopies(plan) })
    : undefined;
  const places = await openPlaces(context, plan, machineFlags, tunnel?.ports);
  const { filesOf, env } = await makeRunSecrets(context, [...places.values()].flat());
  const logs = logDir === undefined
    ? undefined
    : host.openLogs(logDir, (why) => log.error(`Cannot write logs any more: ${safeText(why)}`));
  const runId = newRunId();
  const launcher = new Launcher({
    ...{ context, plan, runId, places, filesOf, isJson: json, logs, tunnel },
    env: { ...usual, ...env },
  });
  let interrupts = 0;
  const interrupt = () => {
    interrupts++;
    launcher.interrupt();
  };
  using _ = context.onInterrupt(interrupt);
  const onAbort = () => {
    if (interrupts === 0) interrupt(); // nobody reads the output
  };
  context.signal.addEventListener("abort", onAbort);
  const control = await openControl(context, launcher, { name: plan.name, run: runId });
  let result: LaunchResult;
  try {
    if (context.signal.aborted) onAbort();
    result = await launcher.run();
  } finally {
    control?.close();
    logs?.close();
    context.signal.removeEventListener("abort", onAbort);
  }
  if (json) stdout.write(`${safeJson({ type: "over", ...result })}\n`);
  sayHow(context, result, logs);
  // How roles ended is how this ends.
  return Math.min(result.code, 255) as ExitCode;
}

function sayHow(
  { log }: RunContext,
  { failures }: LaunchResult,
  logs: LogFolder | undefined,
): void {
  const copies = new Map<string, string[]>();
  for (const { copy, why } of failures) copies.set(why, [...copies.get(why) ?? [], copy]);
  for (const [why, names] of copies) log.error(safeText(failureText(names, why)));
  if (logs !== undefined) log.info(`what each wrote is in ${logs.path}`);
}

function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
