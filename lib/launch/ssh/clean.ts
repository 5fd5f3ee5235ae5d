import { ExitCode } from "../../config/exit_code.ts";
import type { Values } from "../../config/option.ts";
import { UsageError } from "../../config/usage_error.ts";
import type { Output, RunContext } from "../../context.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { foldNames } from "../hosts/fold_names.ts";
import { HERE, type Machine } from "../hosts/machine.ts";
import { readMachines } from "../hosts/read_machines.ts";
import { type CleanScope, cleanScript } from "./clean_script.ts";
import type { cleanOptions } from "./commands.ts";
import { eachMachine, type MachineResult } from "./each_machine.ts";
import { HostError, HostProblem } from "./host_error.ts";
import { KeptBytes } from "./kept_bytes.ts";
import { openConnector } from "./open_connector.ts";
import { type Cleaned, parseCleaned } from "./parse_cleaned.ts";
import { problemCode } from "./problem_code.ts";
import { writeRetryFile } from "./retry_file.ts";
import { runOnMachine } from "./run_on_machine.ts";
import { sayFailures } from "./say_failures.ts";
import { WaitView } from "./wait_view.ts";

type Flags = Values<typeof cleanOptions>;
type Result = MachineResult<Cleaned>;

/** Most that a machine may say, in bytes. */
const MAX_REPORT_BYTES = 1024 * 1024;

const HERE_MACHINE: Machine = {
  ...{ name: HERE, host: HERE, user: undefined, port: undefined, slots: 1, values: {} },
};

/** `tram launch clean`: ends what launches have left, and sees that nothing is. */
export async function clean(context: RunContext, flags: Flags): Promise<ExitCode> {
  const { signal, clock, screen, process: { stdout, stderr } } = context;
  const machines = await machinesOf(context, flags);
  const connector = await openConnector(context, flags);
  const script = cleanScript(scopeOf(flags));
  const view = new WaitView(screen, machines);
  const results = await eachMachine(machines, signal, async (machine) => {
    const output = new KeptBytes(MAX_REPORT_BYTES);
    await runOnMachine(machine, script, {
      ...{ connector, clock, signal, timeoutMs: flags.timeout },
      onOutput: (bytes) => output.push(bytes),
      onErrors: () => {},
      isOwn255: () => false,
    });
    const cleaned = parseCleaned(output.text());
    if (cleaned !== undefined) return cleaned;
    const { name } = machine;
    throw new HostError(
      HostProblem.Other,
      name,
      `Cannot clean ${name}: it does not say what is left`,
    );
  }, ({ machine }) => view.done(machine));
  view[Symbol.dispose]();
  const failures = results.filter(({ error, ...result }) =>
    error !== undefined || "value" in result && result.value.left.length > 0
  );
  if (flags.json) stdout.write(jsonLines(results));
  else sayCleaned(stdout, results);
  if (flags.retryFile !== undefined) {
    writeRetryFile(context.files, flags.retryFile, failures.map(({ machine }) => machine));
  }
  if (signal.aborted) return ExitCode.Interrupted;
  sayFailures(stderr, failures, machines.length);
  return results.map(codeOf).reduce((worst, code) => code > worst ? code : worst);
}

/** @throws {UsageError} */
function scopeOf({ run: runId, all }: Flags): CleanScope {
  if (runId === undefined) return { kind: all ? "all" : "left" };
  if (!all) return { kind: "run", runId };
  throw new UsageError("Cannot take both --run and --all: leave out one of them");
}

async function machinesOf(context: RunContext, flags: Flags): Promise<readonly Machine[]> {
  if (flags.machines === undefined && !flags.here) {
    throw new UsageError(
      "Cannot clean without knowing where: give --here, --machines FILE or both",
    );
  }
  const listed = flags.machines === undefined
    ? []
    : await readMachines(context, flags.machines, flags.exclude);
  return flags.here && !listed.some(({ name }) => name === HERE)
    ? [HERE_MACHINE, ...listed]
    : listed;
}

function codeOf(result: Result): ExitCode {
  if (result.error !== undefined) return problemCode(result.error.problem);
  const { left, isBlind } = result.value;
  return left.length > 0 ? ExitCode.Failed : isBlind ? ExitCode.Partial : ExitCode.Done;
}

/** Says what was found and what is left, in the order of the list; where nothing was, in one line. */
function sayCleaned(stdout: Output, results: readonly Result[]): void {
  const empty: string[] = [];
  for (const result of results) {
    if (result.error !== undefined) continue;
    const { machine: { name }, value } = result;
    const { processes, folders, running, left, isBlind } = value;
    if (processes.length + folders.length + running.length + left.length === 0 && !isBlind) {
      empty.push(name);
    }
    const lines = [
      ...processes.map((text) => `ended ${text}`),
      ...folders.map((text) => `removed ${text}`),
      ...running.map((text) => `still runs: ${text.replace(/-\d+$/, "")}`),
      ...left.map((text) => `left: ${text}`),
      ...isBlind ? ["processes of runs cannot be told from others on this system"] : [],
    ];
    stdout.write(lines.map((line) => `${name}: ${safeText(line)}\n`).join(""));
  }
  if (empty.length > 0) stdout.write(`nothing was left on ${foldNames(empty)}\n`);
}

function jsonLines(results: readonly Result[]): string {
  return results.map((result) => {
    const { machine: { name } } = result;
    const line = result.error === undefined
      ? { type: "machine", machine: name, ...result.value }
      : {
        type: "machine",
        machine: name,
        problem: result.error.problem,
        message: result.error.message,
      };
    return `${safeJson(line)}\n`;
  }).join("");
}
