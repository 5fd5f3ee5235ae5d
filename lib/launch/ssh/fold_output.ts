import type { Output } from "../../context.ts";
import { formatBytes } from "../../terminal/format_bytes.ts";
import { styleFor } from "../../terminal/style.ts";
import { foldNames } from "../hosts/fold_names.ts";
import type { ExecResult, ExecRun } from "./exec_result.ts";
import { shownLines } from "./shown_lines.ts";

/** Machines on which a command did the same. */
interface Group {
  readonly run: ExecRun;
  readonly names: string[];
}

/**
 * Prints what a command wrote on many machines, equal output once, in the order of the first machine
 * of each group: standard output to standard output, standard error to standard error.
 */
export function foldOutput(
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
  results: readonly ExecResult[],
): void {
  const groups = new Map<string, Group>();
  for (const result of results) {
    if (result.error !== undefined) continue;
    const { value: run, machine: { name } } = result;
    const key = JSON.stringify([run.code, run.output, run.errors, run.lostBytes]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { run, names: [name] });
    else group.names.push(name);
  }
  for (const { run, names } of groups.values()) {
    const head = headOf(run, names);
    stdout.write(`${styleFor(stdout).bold(head)}\n${shownLines(run.output)}`);
    if (run.errors === "") continue;
    stderr.write(`${styleFor(stderr).bold(head)}\n${shownLines(run.errors)}`);
  }
}

function headOf({ code, output, errors, lostBytes }: ExecRun, names: readonly string[]): string {
  const notes = [
    ...code === 0 ? [] : [`exit code ${code}`],
    ...output === "" && errors === "" ? ["no output"] : [],
    ...lostBytes === 0 ? [] : [`${formatBytes(lostBytes)} left out`],
  ];
  const about = notes.length === 0 ? "" : `: ${notes.join(", ")}`;
  return `== ${foldNames(names)} (${names.length})${about}`;
}
