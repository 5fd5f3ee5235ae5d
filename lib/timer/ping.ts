import { ExitCode } from "../config/exit_code.ts";
import { tokenToDial } from "../config/user_token.ts";
import type { TramContext } from "../context.ts";
import { dial } from "../transport/dial.ts";
import { formatAddress } from "../transport/network.ts";
import { clientIdFrom } from "../transport/handshake_messages.ts";
import { ClosedLoop, type LoopEnd } from "./closed_loop.ts";
import { Latencies, prepareLatencies } from "./latencies.ts";
import { runIdFrom } from "./message_id.ts";
import { pingJson, pingText } from "./ping_report.ts";
import { timerService } from "./protocol.ts";

/** Flags of `tram timer ping`. */
export interface PingFlags {
  readonly host: string;
  readonly port: number;
  readonly count: number;
  /** Another name of `count`. */
  readonly num_msgs?: number | undefined;
  /** Longest wait, in milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

const EXIT_CODES: Readonly<Record<LoopEnd, ExitCode>> = {
  "done": ExitCode.Done,
  "no-answer": ExitCode.Partial,
  "line-lost": ExitCode.Partial,
  "stopped": ExitCode.Interrupted,
};

/** `tram timer ping`: measures round trips to a server, one at a time. */
export async function ping(context: TramContext, flags: PingFlags): Promise<ExitCode> {
  const { clock, network, signal, process: { stdout } } = context;
  const { host, port, timeout: timeoutMs } = flags;
  const count = flags.num_msgs ?? flags.count;
  const credentials = await tokenToDial(context, flags);
  await prepareLatencies();
  using roundTrips = new Latencies();
  using gaps = new Latencies();
  const run = runIdFrom(crypto.getRandomValues(new Uint8Array(8)));
  const loop = new ClosedLoop({ clock, run, count, timeoutMs, roundTrips, gaps });
  const clientId = clientIdFrom(context.hostName());
  const connection = await dial(
    timerService,
    { host, port, clientId, timeoutMs, signal, network, clock, ...credentials },
    () => ({ reply: (view) => loop.onReply(view) }),
  );
  const onAbort = () => loop.stop("stopped");
  signal.addEventListener("abort", onAbort, { once: true });
  const startNs = clock.monotonicNs();
  loop.start(connection);
  const end = await loop.ended;
  const elapsedNs = clock.monotonicNs() - startNs;
  signal.removeEventListener("abort", onAbort);
  const { sent, answered, unexpected, stepSumNs } = loop;
  const report = end === "line-lost" ? await connection.closed : undefined;
  const result = {
    server: formatAddress({ host, port }),
    end,
    reason: report && { code: report.code, message: report.message },
    sent,
    answered,
    unexpected,
    elapsedNs,
    meanStepNs: answered > 1 ? stepSumNs / (answered - 1) : undefined,
    roundTrips,
    gaps,
  };
  stdout.write(flags.json ? `${pingJson(result)}\n` : pingText(result, stdout.columns ?? 80));
  if (end === "done") await connection.close();
  else connection.close();
  return EXIT_CODES[end];
}
