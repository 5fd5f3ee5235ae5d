import { ExitCode } from "../../config/exit_code.ts";
import type { Values } from "../../config/option.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { RunContext } from "../../context.ts";
import { safeJson } from "../../terminal/safe_text.ts";
import type { Machine } from "../hosts/machine.ts";
import { readMachines } from "../hosts/read_machines.ts";
import type { execOptions, execPositional } from "./commands.ts";
import { eachMachine } from "./each_machine.ts";
import type { ExecResult, ExecRun } from "./exec_result.ts";
import { execScript } from "./exec_script.ts";
import { ExecStreams } from "./exec_streams.ts";
import { foldOutput } from "./fold_output.ts";
import { LinePrinter } from "./line_printer.ts";
import { openConnector } from "./open_connector.ts";
import { problemCode } from "./problem_code.ts";
import { writeRetryFile } from "./retry_file.ts";
import { runOnMachine } from "./run_on_machine.ts";
import { sayFailures } from "./say_failures.ts";
import { WaitView } from "./wait_view.ts";

type Flags = Values<typeof execOptions, typeof execPositional>;

/** `tram launch exec`: runs a command on all machines of a list. Ends with the worst exit code. */
export async function exec(context: RunContext, flags: Flags): Promise<ExitCode> {
  const { signal, clock, screen, process: { stdout, stderr } } = context;
  if (flags.words.length === 0) {
    throw new UsageError("Cannot run nothing: give a command, as in -- uptime");
  }
  const machines = await readMachines(context, flags.machines, flags.exclude);
  const connector = await openConnector(context, flags);
  const printer = flags.noFold && !flags.json
    ? new LinePrinter({ stdout, stderr, names: machines.map(({ name }) => name) })
    : undefined;
  const view = new WaitView(screen, machines);
  const run = async (machine: Machine): Promise<ExecRun> => {
    const mark = `tram-255-${crypto.randomUUID()}`;
    const streams = new ExecStreams(mark, printer?.of(machine.name));
    const startNs = clock.monotonicNs();
    const code = await runOnMachine(machine, execScript(flags.words, mark), {
      ...{ connector, clock, signal, timeoutMs: flags.timeout },
      onOutput: (bytes) => streams.output(bytes),
      onErrors: (bytes) => streams.errors(bytes),
      isOwn255: () => streams.hasMark(),
    });
    return { code, ...streams.end(), tookMs: (clock.monotonicNs() - startNs) / 1e6 };
  };
  const results = await eachMachine(machines, signal, run, (result) => {
    view.done(result.machine);
    if (flags.json) stdout.write(`${safeJson(jsonOf(result))}\n`);
  });
  view[Symbol.dispose]();
  if (!flags.json && printer === undefined) foldOutput({ stdout, stderr }, results);
  return conclude(context, flags, results);
}

/** Says what failed, and how it ended. */
function conclude(
  { signal, files, process: { stdout, stderr } }: RunContext,
  { json, retryFile }: Flags,
  results: readonly ExecResult[],
): ExitCode {
  const codes = results.map(codeOf);
  const failures = results.filter((_, i) => codes[i] !== 0);
  const worst = Math.max(...codes);
  if (json) {
    const failed = failures.map(({ machine: { name } }) => name);
    const summary = { type: "summary", machines: results.length, failed, code: worst };
    stdout.write(`${safeJson(summary)}\n`);
  }
  if (retryFile !== undefined) {
    writeRetryFile(files, retryFile, failures.map(({ machine }) => machine));
  }
  if (signal.aborted) return ExitCode.Interrupted;
  sayFailures(stderr, failures, results.length);
  return worst as ExitCode; // that of a program which is not ours may be any
}

function codeOf(result: ExecResult): number {
  return result.error === undefined ? result.value.code : problemCode(result.error.problem);
}

function jsonOf(result: ExecResult): unknown {
  const { machine: { name } } = result;
  const type = "machine";
  if (result.error !== undefined) {
    const { problem, message } = result.error;
    return { type, machine: name, problem, message };
  }
  const { code, output, errors, lostBytes, tookMs } = result.value;
  return { type, machine: name, code, output, errors, lostBytes, tookMs };
}
