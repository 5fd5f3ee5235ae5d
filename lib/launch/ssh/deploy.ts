import { deadline } from "../../clock/deadline.ts";
import { ExitCode } from "../../config/exit_code.ts";
import type { Values } from "../../config/option.ts";
import type { RunContext } from "../../context.ts";
import { formatBytes } from "../../terminal/format_bytes.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeJson, safeText } from "../../terminal/safe_text.ts";
import { foldNames } from "../hosts/fold_names.ts";
import type { Machine } from "../hosts/machine.ts";
import { readMachines } from "../hosts/read_machines.ts";
import type { deployOptions } from "./commands.ts";
import type { Connector } from "./connector.ts";
import { eachMachine, type MachineResult } from "./each_machine.ts";
import { HostError, HostProblem } from "./host_error.ts";
import { LineSource } from "./line_source.ts";
import { Mutex } from "./mutex.ts";
import { openConnector } from "./open_connector.ts";
import { openExecutable } from "./open_executable.ts";
import { placeExecutable, type Placement, tryExecutable } from "./place_executable.ts";
import { placeScript } from "./place_script.ts";
import { problemCode } from "./problem_code.ts";
import type { ExecutableFile } from "./programs.ts";
import { writeRetryFile } from "./retry_file.ts";
import { sayFailures } from "./say_failures.ts";
import { textOf } from "./text_of.ts";
import { WaitView } from "./wait_view.ts";

type Flags = Values<typeof deployOptions>;

/** `tram launch deploy`: puts the executable in its place on other machines. */
export async function deploy(context: RunContext, flags: Flags): Promise<ExitCode> {
  const { signal, screen, clock, process: { stdout, stderr } } = context;
  const machines = await readMachines(context, flags.machines, flags.exclude);
  const connector = await openConnector(context, flags);
  // Asked for while the executable is read; what comes of it is said when it is used.
  for (const machine of machines) connector.destination(machine).catch(() => {});
  const executable = await openExecutable(context, flags.executable);
  const uploads = new Mutex();
  const startNs = clock.monotonicNs();
  const view = new WaitView(screen, machines);
  const results = await eachMachine(
    machines,
    signal,
    async (machine) => {
      using late = deadline(clock, flags.timeout, signal);
      const parts = { machine, connector, executable, uploads, signal: late.signal };
      try {
        return await deployTo(parts);
      } catch (error) {
        if (signal.aborted || !late.signal.aborted) throw error;
        throw new HostError(
          HostProblem.TimedOut,
          machine.name,
          `Cannot deploy to ${machine.name}: it took longer than ${
            formatDurationMs(flags.timeout)
          }`,
        );
      }
    },
    ({ machine }) => view.done(machine),
  );
  view[Symbol.dispose]();
  const failures = results.filter(({ error }) => error !== undefined);
  const tookMs = (clock.monotonicNs() - startNs) / 1e6;
  if (flags.json) stdout.write(jsonLines(results, executable, tookMs));
  else stdout.write(textLines(results, executable, tookMs));
  if (flags.retryFile !== undefined) {
    writeRetryFile(context.files, flags.retryFile, failures.map(({ machine }) => machine));
  }
  if (signal.aborted) return ExitCode.Interrupted;
  sayFailures(stderr, failures, machines.length);
  const codes = failures.map(({ error }) => problemCode(error?.problem ?? HostProblem.Other));
  return codes.reduce((worst, code) => code > worst ? code : worst, ExitCode.Done as ExitCode);
}

interface DeployParts {
  readonly machine: Machine;
  readonly connector: Connector;
  readonly executable: ExecutableFile;
  readonly uploads: Mutex;
  readonly signal: AbortSignal;
}

async function deployTo(
  { machine, connector, executable, uploads, signal }: DeployParts,
): Promise<Placement> {
  const { account } = await connector.destination(machine);
  const session = await connector.open(machine, placeScript(executable), signal);
  const onAbort = () => session.kill();
  signal.addEventListener("abort", onAbort, { once: true });
  const errors = textOf(session.errors);
  try {
    if (signal.aborted) onAbort();
    const lines = new LineSource(session.output);
    const parts = { machine, account, executable, session, lines, uploads };
    const placement = await placeExecutable(parts);
    // What was there has been tried when it came.
    if (placement.sentBytes > 0) await tryExecutable(parts);
    await session.write(new TextEncoder().encode("end\n")).catch(() => {});
    await session.endInput();
    await session.ended;
    return placement;
  } finally {
    signal.removeEventListener("abort", onAbort);
    session.kill();
    await errors;
  }
}

type Result = MachineResult<Placement>;

function jsonLines(results: readonly Result[], executable: ExecutableFile, tookMs: number): string {
  const { sha256, sizeBytes } = executable;
  const machines = results.map(({ machine: { name }, ...result }) => {
    const type = "machine";
    if (result.error === undefined) {
      const { sentBytes, path } = result.value;
      return { type, machine: name, isDone: true, sentBytes, path };
    }
    const { problem, message } = result.error;
    return { type, machine: name, isDone: false, problem, message };
  });
  const failed = results.filter(({ error }) => error !== undefined).map(({ machine }) =>
    machine.name
  );
  const summary = { type: "summary", machines: results.length, failed, sha256, sizeBytes, tookMs };
  return [...machines, summary].map((line) => `${safeJson(line)}\n`).join("");
}

function textLines(results: readonly Result[], executable: ExecutableFile, tookMs: number): string {
  const done = results.flatMap(({ machine: { name }, ...result }) => {
    return result.error === undefined ? [{ name, ...result.value }] : [];
  });
  const sent = done.filter(({ sentBytes }) => sentBytes > 0).map(({ name }) => name);
  const there = done.filter(({ sentBytes }) => sentBytes === 0).map(({ name }) => name);
  const size = formatBytes(executable.sizeBytes);
  const lines = [
    ...sent.length === 0 ? [] : [`sent ${size} to ${foldNames(sent)} (${sent.length})`],
    ...there.length === 0 ? [] : [`was there on ${foldNames(there)} (${there.length})`],
    ...[...new Set(done.map(({ path }) => path))].sort().slice(0, 8).map((path) =>
      `at ${safeText(path)}`
    ),
    ...done.length === 0 ? [] : [`took ${formatDurationMs(tookMs)}`],
  ];
  return lines.map((line) => `${line}\n`).join("");
}
