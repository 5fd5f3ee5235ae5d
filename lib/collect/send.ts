import { ExitCode } from "../config/exit_code.ts";
import { tokenToDial } from "../config/user_token.ts";
import { ticks } from "../clock/schedule.ts";
import { sleep } from "../clock/sleep.ts";
import type { RunContext } from "../context.ts";
import { LiveLine } from "../terminal/live_line.ts";
import { LineError, type LineErrorCode } from "../transport/line_error.ts";
import { formatAddress } from "../transport/network.ts";
import { keepSession } from "../transport/session/keep_session.ts";
import { collectService } from "./protocol.ts";
import { openMemory } from "./sender_memory.ts";
import { SampleSender } from "./sample_sender.ts";
import { progressText, sendJson, sendText } from "./send_report.ts";

/** Flags of `tram collect send`. */
export interface SendFlags {
  readonly host: string;
  readonly port: number;
  /** Time between two samples, in milliseconds. */
  readonly interval: number;
  /** How many samples to take. @default {until interrupted} */
  readonly count?: number | undefined;
  /** How long to take samples, in milliseconds. */
  readonly duration?: number | undefined;
  /** Name of this client. */
  readonly id?: string | undefined;
  /** File that keeps what is not acknowledged when this process dies. */
  readonly spool?: string | undefined;
  /** Most samples that wait. */
  readonly queue: number;
  /** How long to wait for the last acknowledgements, in milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** How often the line on a terminal changes, in milliseconds. */
const SHOW_EVERY_MS = 500;

/** `tram collect send`: takes timestamps and sees that each is stored once. */
export async function send(context: RunContext, flags: SendFlags): Promise<ExitCode> {
  const { clock, signal, log, network, process: { stdout, stderr } } = context;
  const { host, port, timeout: timeoutMs } = flags;
  await using memory = await openMemory(context, flags);
  const { state, clientId } = memory;
  const before = { found: state.outbox.size, dropped: state.outbox.dropped };
  const credentials = await tokenToDial(context, flags);
  const sender = new SampleSender(clock, state, memory.steps, memory.noteSteps);
  const isStopped = new AbortController(); // ends the line, after everything else
  let lineTrouble: string | undefined; // why there is no line now
  const kept = keepSession({
    service: collectService,
    dial: { host, port, clientId, timeoutMs, network, ...credentials },
    clock,
    signal: isStopped.signal,
    state,
    handlersFor: (connection) => sender.handlersFor(connection),
    onReady: (connection) => {
      lineTrouble = undefined;
      sender.ready(connection, () => kept.wake());
    },
    send: (connection, outbox) => sender.send(connection, outbox),
    onWait: (delayMs, because) => {
      lineTrouble = because.message || because.code;
      log.info(`trying again in ${Math.round(delayMs)} ms (${because.code}: ${because.message})`);
    },
  });
  const ended = kept.done.then(
    (report) => ({ report }),
    (error) => ({ error: error as unknown }),
  );
  const stop = new AbortController(); // ends the taking of samples
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  ended.then(() => stop.abort());
  const live = new LiveLine(stderr, { clock });
  const result = { taken: 0, missed: 0, startNs: clock.monotonicNs() };
  const show = async () => {
    for await (
      const _ of ticks(clock, { intervalNs: SHOW_EVERY_MS * 1e6, signal: isStopped.signal })
    ) {
      live.update(progressText(sender, result, clock.monotonicNs()));
    }
  };
  const showing = live.isTerminal ? show() : Promise.resolve();

  const endNs = result.startNs + (flags.duration ?? Infinity) * 1e6;
  const intervalNs = flags.interval * 1e6;
  const plan = { intervalNs, startNs: result.startNs, signal: stop.signal };
  for await (const tick of ticks(clock, plan)) {
    if (tick.plannedNs >= endNs) {
      // Those of the last moments, too; not those that would have come after the end.
      result.missed = Math.ceil((endNs - result.startNs) / intervalNs) - result.taken;
      break;
    }
    result.missed += tick.missed;
    result.taken++;
    sender.sample();
    if (result.taken === flags.count) break;
  }
  signal.removeEventListener("abort", onAbort);

  // What waits gets a moment, also after ^C; a second one ends the process.
  const isSettled = await Promise.race([
    sender.settled().then(() => true),
    ended.then(() => false),
    sleep(clock, timeoutMs, isStopped.signal).then(() => false, () => false),
  ]);
  if (isSettled && flags.spool === undefined) sender.end();
  isStopped.abort(new DOMException("done", "AbortError"));
  await ended;
  await showing;
  live.done();
  const outcome = await ended;
  if ("error" in outcome && outcome.error !== isStopped.signal.reason) throw outcome.error;
  const summary = {
    ...result,
    server: formatAddress({ host, port }),
    clientId,
    found: before.found,
    waiting: sender.waiting,
    dropped: state.outbox.dropped - before.dropped,
    estimate: sender.estimate,
    isStopped: signal.aborted,
  };
  if (summary.waiting > 0 && lineTrouble !== undefined) {
    log.warn(`${summary.waiting} samples are not acknowledged: ${lineTrouble}`);
  }
  stdout.write(flags.json ? `${sendJson(summary)}\n` : sendText(summary, stdout.columns));
  if (signal.aborted) return ExitCode.Interrupted;
  if ("report" in outcome && outcome.report.by === "peer") {
    const { code, message } = outcome.report;
    throw new LineError(code as LineErrorCode, message, { origin: "peer" });
  }
  const isKept = flags.spool !== undefined;
  return summary.dropped > 0 || (summary.waiting > 0 && !isKept) ? ExitCode.Partial : ExitCode.Done;
}
