import type { Clock, Timer } from "../clock/clock.ts";
import { dial, type DialOptions } from "../transport/dial.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { formatAddress } from "../transport/network.ts";
import { collectService } from "./protocol.ts";
import type { Reported, ReportEnd } from "./report_messages.ts";
import type { ClientReport } from "./store/client_report.ts";

/** What a server has answered. */
export interface LiveReport {
  readonly clients: readonly ClientReport[];
  /** The server's wall clock, in microseconds since 1970. */
  readonly nowUs: number;
}

/** Options of {@linkcode askReport}. */
export interface AskOptions extends DialOptions {
  /** Also the longest wait for each frame of the answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Asks a running server for its report.
 *
 * @param clientIds on whom; all when left out
 * @throws {LineError} when the server cannot be reached, refuses or does not answer
 * @throws the reason of `signal` when it aborts
 */
export async function askReport(
  options: AskOptions,
  clientIds?: readonly string[],
): Promise<LiveReport> {
  const { clock, timeoutMs, signal } = options;
  const sessions = new Map<string, ClientReport["sessions"][number][]>();
  const { promise, resolve, reject } = Promise.withResolvers<ReportEnd>();
  promise.catch(() => {}); // it may be lost before anybody waits for it
  let frames = 0;
  let timer: Timer | undefined;
  const wait = () => {
    timer?.cancel();
    timer = clock.after(timeoutMs, () => {
      const message = `Cannot get the report of ${formatAddress(options)}: no answer within ` +
        `${timeoutMs} ms`;
      reject(new LineError(LineErrorCode.Unreachable, message));
    });
  };
  const onReported = ({ client, end }: Reported) => {
    wait();
    if (end !== undefined) {
      if (end.frames === frames) return resolve(end);
      throw new LineError(
        LineErrorCode.BadMessage,
        `Cannot take the report: ${frames} of ${end.frames} frames came`,
      );
    }
    frames++;
    const known = sessions.get(client.clientId) ?? [];
    sessions.set(client.clientId, [...known, ...client.sessions]);
  };
  const connection = await dial(collectService, options, () => ({ reported: onReported }));
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  connection.closed.then(({ code, message }) => {
    const why = `Cannot get the report of ${formatAddress(options)}: the line ended (${code}: ` +
      `${message})`;
    reject(new LineError(code === "done" ? LineErrorCode.Lost : code as LineErrorCode, why));
  });
  try {
    if (signal.aborted) onAbort();
    wait();
    connection.send(collectService.kinds.report, { clientIds });
    const { nowUs } = await promise;
    await connection.close();
    const clients = [...sessions].map(([clientId, sessions]) => ({ clientId, sessions }));
    return { clients, nowUs };
  } finally {
    timer?.cancel();
    signal.removeEventListener("abort", onAbort);
    connection.close(); // whoever gave up does not wait for the goodbye
  }
}
