import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import { tokenToDial } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { readLines } from "../terminal/read_lines.ts";
import { safeJson } from "../terminal/safe_text.ts";
import { type Address, isLoopback } from "../transport/network.ts";
import { parseTokens, type Token } from "../transport/token.ts";
import { attemptKey } from "./engine/attempt_name.ts";
import { ownCopyPath } from "./engine/own_copy_path.ts";
import { runWorker } from "./engine/run_worker.ts";
import type { WorkerEnd, WorkerEvent } from "./engine/worker_types.ts";
import type { InputFiles } from "./input/input_files.ts";
import { newRunId } from "./run_parts.ts";
import { WorkerLog } from "./screen/worker_log.ts";

/** Flags of `tram mapreduce worker`. */
export interface WorkerFlags {
  readonly coordinator: Address;
  /** Name or address by which other workers reach this machine. @default {what the coordinator sees} */
  readonly advertise?: string | undefined;
  readonly inputRoot?: string | undefined;
  /** Own copies of inputs. */
  readonly files: readonly string[];
  /** @default {as many as there are cores} */
  readonly threads?: number | undefined;
  /** In bytes. */
  readonly memory: number;
  /** Folder for map outputs and what does not fit into memory. @default {the system's} */
  readonly temp?: string | undefined;
  /** Longest wait for the coordinator, in milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  /** Works for a coordinator that has no token, too. */
  readonly insecure: boolean;
  /** The token comes from standard input; its end ends the worker. */
  readonly tokenStdin: boolean;
  readonly json: boolean;
}

/** Least memory of a task, in bytes. */
const MIN_TASK_BYTES = 4 * 1024 * 1024;

/** `tram mapreduce worker`: does tasks of a job until it is over. */
export async function worker(context: RunContext, flags: WorkerFlags): Promise<ExitCode> {
  const { clock, network, pid, log, process: { stdout } } = context;
  const { coordinator, memory, json, timeout: timeoutMs } = flags;
  const leaving = new AbortController();
  const token = await tokenOf(context, flags, leaving);
  const inputFiles = await context.inputFiles();
  const copies = await allowedCopies(inputFiles, flags);
  const host = await context.mapreduceHost();
  const isAlone = isLoopback(coordinator.host) && flags.advertise === undefined;
  const threads = flags.threads ?? host.cores;
  const hostName = context.hostName();
  await using temp = await host.makeTemp(flags.temp);
  const signal = AbortSignal.any([context.signal, leaving.signal]);
  const told = new WorkerLog(log, { coordinator, threads, timeoutMs });
  const onEvent = (event: WorkerEvent) => {
    if (json) stdout.write(`${safeJson(eventProperties(event))}\n`);
    log.debug(() => eventText(event));
    told.event(event);
  };
  let end: WorkerEnd;
  try {
    end = await runWorker({
      ...{ clock, network, coordinator, token, pid, timeoutMs, signal, onEvent },
      host: hostName,
      id: `${hostName.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 30)}-${pid}-${newRunId()}`,
      secret: newRunId(),
      slots: threads,
      shuffleHost: isAlone ? "127.0.0.1" : "0.0.0.0",
      advertisedHost: flags.advertise,
      folder: temp.folder,
      openRunner: ({ job, partitions }) => {
        const memoryBytes = Math.max(MIN_TASK_BYTES, Math.floor(memory / threads));
        return host.openPool({ job, partitions, threads, memoryBytes, kernel: "wasm", clock });
      },
      ownCopy: ownCopyPath(inputFiles, { ...copies, signal }),
    });
  } catch (error) {
    if (leaving.signal.aborted && !context.signal.aborted) return ExitCode.Interrupted;
    throw error;
  }
  if (json) stdout.write(`${safeJson({ type: "over", ...end })}\n`);
  told.end(end);
  return ExitCode.Done;
}

/** @param leaving aborted when standard input ends, where the token comes from there */
async function tokenOf(
  context: RunContext,
  flags: WorkerFlags,
  leaving: AbortController,
): Promise<Token | undefined> {
  const { coordinator: { host }, tokenFile, insecure } = flags;
  if (insecure) {
    if (tokenFile === undefined && !context.process.env["TRAM_TOKEN"]) return undefined;
    throw new UsageError("Cannot both take a token and be --insecure: leave out one of them");
  }
  if (!flags.tokenStdin) {
    const { token } = await tokenToDial(context, { host, tokenFile, insecure });
    if (token !== undefined || isLoopback(host)) return token;
    throw new UsageError(
      `Cannot join ${host} without a token: name a --token-file with that of the machine where ` +
        'the job runs ("tram token show" there)',
    );
  }
  const lines = readLines(context.process.stdin, context.signal);
  const { value, done } = await lines.next();
  context.signal.throwIfAborted();
  if (done) throw new UsageError("Cannot read the token: standard input ended");
  const untilEnd = async () => {
    while (!(await lines.next()).done);
    leaving.abort(new DOMException("standard input ended", "AbortError"));
  };
  untilEnd().catch(() => leaving.abort());
  // An empty line: the run has none.
  return value === "" ? undefined : parseTokens(value, "standard input")[0];
}

interface Copies {
  readonly roots: readonly string[];
  readonly named: readonly string[];
}

/** @throws {UsageError} when there is nothing where copies should be */
async function allowedCopies(
  inputFiles: InputFiles,
  { inputRoot, files }: WorkerFlags,
): Promise<Copies> {
  if (inputRoot !== undefined && (await inputFiles.find(inputRoot))?.kind !== "folder") {
    throw new UsageError(`Cannot use --input-root ${inputRoot}: there is no such folder`);
  }
  for (const file of files) {
    if ((await inputFiles.find(file))?.kind === "file") continue;
    throw new UsageError(`Cannot use ${file} as copy of an input: there is no such file`);
  }
  return {
    roots: inputRoot === undefined ? [] : [inputFiles.absolute(inputRoot)],
    named: files.map((file) => inputFiles.absolute(file)),
  };
}

function eventProperties(event: WorkerEvent): Readonly<Record<string, unknown>> {
  if (event.type === "waiting") return { ...event, delayMs: Math.round(event.delayMs) };
  if (!("name" in event)) return event;
  const { name, ...rest } = event;
  return { ...rest, ...name };
}

function eventText(event: WorkerEvent): string {
  const { type } = event;
  if (type === "joined") return `joined run ${event.run}`;
  if (type === "waiting") return `waiting for the coordinator: ${event.message}`;
  const why = "message" in event ? `: ${event.message}` : "";
  return `${type} ${attemptKey(event.name)}${why}`;
}
