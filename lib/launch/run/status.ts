import * as v from "valibot";
import { ExitCode } from "../../config/exit_code.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { displayWidth } from "../../terminal/display_width.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { padText } from "../../terminal/pad_text.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { controlFolder, type RunStatus, runStatusSchema } from "./control.ts";

/** A run of the user that goes on. */
interface Found {
  readonly path: string;
  readonly status: RunStatus;
}

/**
 * Asks all runs of the user at once. One that does not answer, as when ^Z has stopped it, hides no
 * other: a warning says so.
 *
 * @throws {Error} when none answers that is there
 */
async function runs(context: RunContext, ask: "status" | "stop", name?: string): Promise<Found[]> {
  const folder = controlFolder(context);
  if (folder === undefined) return [];
  const host = await context.launchHost();
  // The name of a socket begins with that of its run.
  const paths = (await host.listControls(folder)).filter((path) =>
    name === undefined || /([^/]*)-\d+\.sock$/.exec(path)?.[1] === name
  );
  const answers = await Promise.allSettled(paths.map(async (path): Promise<Found[]> => {
    const answer = v.safeParse(runStatusSchema, await host.askControl(path, { ask }));
    return answer.success ? [{ path, status: answer.output }] : [];
  }));
  const found = answers.flatMap((each) => each.status === "fulfilled" ? each.value : []);
  const failures = answers.flatMap((each) => each.status === "rejected" ? [each.reason] : []);
  if (found.length === 0 && failures.length > 0) throw failures[0];
  if (ask === "status") { for (const { message } of failures) context.log.warn(message); }
  return found;
}

/** Flags of `tram launch status`. */
export interface StatusFlags {
  readonly name: string | undefined;
  readonly json: boolean;
}

/** `tram launch status`: says what runs go on, and how their processes are. */
export async function status(context: RunContext, flags: StatusFlags): Promise<ExitCode> {
  const { clock, process: { stdout }, log } = context;
  const all = await runs(context, "status", flags.name);
  for (const { status } of all) {
    if (flags.json) {
      stdout.write(`${safeJson(status)}\n`);
      continue;
    }
    const age = formatDurationMs((clock.wallUs() - status.sinceUs) / 1000);
    stdout.write(`${safeText(status.name)}  process ${status.pid}, run ${status.run}, ${age}\n`);
    const columns = (key: "name" | "phase") =>
      Math.max(0, ...status.copies.map((copy) => displayWidth(safeText(copy[key]))));
    const [nameColumns, phaseColumns] = [columns("name"), columns("phase")];
    for (const { name, machine, phase, pid, restarts, code } of status.copies) {
      const details = [
        ...machine === "here" ? [] : [`on ${machine}`],
        ...pid === null || phase === "ended" ? [] : [`process ${pid}`],
        ...code === null ? [] : [`code ${code}`],
        ...restarts === 0 ? [] : [`${restarts} restarts`],
      ];
      const words = [
        ...[padText(safeText(name), nameColumns), padText(safeText(phase), phaseColumns)],
        safeText(details.join(", ")),
      ];
      stdout.write(`  ${words.join("  ")}`.trimEnd() + "\n");
    }
  }
  if (all.length === 0 && !flags.json) {
    log.info(flags.name === undefined ? "nothing runs" : `no ${flags.name} runs`);
  }
  return ExitCode.Done;
}

/** `tram launch stop`: has a run end, as ^C does. */
export async function stop(context: RunContext, flags: StatusFlags): Promise<ExitCode> {
  const { name, json } = flags;
  const all = await runs(context, "status", name);
  if (all.length === 0) {
    const others = name === undefined ? [] : await runs(context, "status");
    const names = [...new Set(others.map(({ status }) => safeText(status.name)))];
    const what = names.length === 0 ? "nothing of yours runs" : `what runs is ${names.join(", ")}`;
    throw new Error(`Cannot stop ${name ?? "anything"}: ${what}`);
  }
  if (all.length > 1 && name === undefined) {
    const names = all.map(({ status }) => safeText(status.name)).join(", ");
    throw new UsageError(`Cannot tell what to stop: ${names} run; name one`);
  }
  const stopped = await runs(context, "stop", name);
  for (const { status } of stopped) {
    const { name, pid, run } = status;
    if (json) context.process.stdout.write(`${safeJson({ type: "stopping", name, pid, run })}\n`);
    else context.log.info(`${safeText(name)} is stopping`);
  }
  return ExitCode.Done;
}
