import type { ExitCode } from "../config/exit_code.ts";
import type { TramContext } from "../context.ts";
import { LiveLine } from "../terminal/live_line.ts";
import { styleFor } from "../terminal/style.ts";
import { formatAddress } from "../transport/network.ts";
import { prepareHistograms } from "./histogram.ts";
import { PingFiles } from "./ping_files.ts";
import { pingJson } from "./ping_json.ts";
import { PingLines } from "./ping_lines.ts";
import { showProgress } from "./ping_progress.ts";
import { pingText } from "./ping_report.ts";
import { exitCodeOfPing, pingResult, type PingSettings } from "./ping_result.ts";
import { PingRun } from "./ping_run.ts";

/** Flags of `tram timer ping`. */
export interface PingFlags {
  readonly host: string;
  readonly port: number;
  /** Requests to measure. @default {1000, unless there is a duration} */
  readonly count?: number | undefined;
  /** How long to measure, in milliseconds. */
  readonly duration?: number | undefined;
  /** Requests per second of all clients together. @default {closed loop} */
  readonly rate?: number | undefined;
  readonly inFlight: number;
  readonly clients: number;
  /** Bytes of a request's payload. */
  readonly size: number;
  /** In milliseconds. */
  readonly warmup: number;
  /** Longest wait for each connection and for an answer, in milliseconds. */
  readonly timeout: number;
  readonly samples?: string | undefined;
  readonly hdr?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** Requests of a run that nobody gave a length. */
const DEFAULT_COUNT = 1000;

/** `tram timer ping`: measures round trips to a server. */
export async function ping(context: TramContext, flags: PingFlags): Promise<ExitCode> {
  const { clock, signal, process: { stdout, stderr } } = context;
  const settings = settingsOf(flags);
  await prepareHistograms();
  using files = new PingFiles(context.files, flags);
  await using lines = await PingLines.dial(context, flags);
  files.begin();
  using pacer = await context.newPacer();
  const { ratePerSecond, clients, inFlight, timeoutMs, sizeBytes, warmupNs } = settings;
  const startUs = clock.wallUs();
  using run: PingRun = new PingRun({
    clock,
    pacer,
    load: {
      ratePerSecond,
      clients,
      count: flags.count ?? (flags.duration === undefined ? DEFAULT_COUNT : Infinity),
      durationNs: (flags.duration ?? Infinity) * 1e6,
      warmupNs,
    },
    inFlight,
    timeoutMs,
    sizeBytes,
    sliced: flags.hdr?.endsWith(".hlog") ?? false,
    connections: lines.connections,
    onAnswer: flags.samples === undefined ? undefined : (answer) => files.add(answer, run.startNs),
  });
  lines.listen(run);
  const stop = () => run.stop();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const progress = showProgress(new LiveLine(stderr, { clock }), clock, run);
  const end = await run.start();
  progress[Symbol.dispose]();
  signal.removeEventListener("abort", stop);

  lines.isPatient = end !== "stopped";
  const nowNs = clock.monotonicNs();
  const result = pingResult({ settings, end, reason: lines.report, run, nowNs });
  stdout.write(
    flags.json ? `${pingJson(result)}\n` : pingText(result, stdout.columns, styleFor(stdout)),
  );
  files.finish(run.measurement, run.startNs, startUs);
  return exitCodeOfPing(result);
}

function settingsOf(flags: PingFlags): PingSettings {
  return {
    server: formatAddress(flags),
    ratePerSecond: flags.rate,
    clients: flags.clients,
    inFlight: flags.inFlight,
    sizeBytes: flags.size,
    warmupNs: flags.warmup * 1e6,
    timeoutMs: flags.timeout,
  };
}
