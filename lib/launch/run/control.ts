/** What `launch status` and `launch stop` ask of a run, and what it answers. */
import * as v from "valibot";
import type { RunContext } from "../../context.ts";
import { stateFolder } from "../../transport/session/state_path.ts";
import type { ControlServer } from "../launch_host.ts";
import type { Launcher } from "./launcher.ts";

/** What a run says of itself. */
export const runStatusSchema = v.object({
  name: v.string(),
  run: v.string(),
  /** Number of the launcher. */
  pid: v.number(),
  /** When it began, in microseconds since 1970. */
  sinceUs: v.number(),
  copies: v.array(v.object({
    name: v.string(),
    machine: v.string(),
    phase: v.string(),
    pid: v.nullable(v.number()),
    restarts: v.number(),
    code: v.nullable(v.number()),
    values: v.record(v.string(), v.string()),
  })),
});

/** What a run says of itself. */
export type RunStatus = v.InferOutput<typeof runStatusSchema>;

/** What is asked. */
const controlRequestSchema = v.object({ ask: v.picklist(["status", "stop"]) });

/** Folder of the sockets of all runs of the user; `undefined` when the environment names none. */
export function controlFolder(context: RunContext): string | undefined {
  const folder = stateFolder(context);
  return folder && `${folder}/launch`;
}

/** Lets other processes of the user ask about a run, and stop it. */
export async function openControl(
  context: RunContext,
  launcher: Launcher,
  { name, run }: { readonly name: string; readonly run: string },
): Promise<ControlServer | undefined> {
  const folder = controlFolder(context);
  if (folder === undefined || context.os === "windows") return undefined;
  const { log, pid, clock } = context;
  const sinceUs = clock.wallUs();
  try {
    const host = await context.launchHost();
    return host.serveControl(`${folder}/${name}-${pid}.sock`, (request) => {
      const { ask } = v.parse(controlRequestSchema, request);
      if (ask === "stop") launcher.interrupt();
      return { name, run, pid, sinceUs, copies: copiesOf(launcher) } satisfies RunStatus;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn(`launch status cannot see this run: ${why}`);
    return undefined;
  }
}

function copiesOf({ copies }: Launcher): RunStatus["copies"] {
  return copies.map(({ name, place, phase, pid, restarts, code, values }) => ({
    ...{ name, machine: place, phase, restarts, values: { ...values } },
    ...{ pid: pid ?? null, code: code ?? null },
  }));
}
