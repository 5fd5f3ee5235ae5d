import { ExitCode } from "../config/exit_code.ts";
import { tokensToServe } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { eventLine, listeningLine, logServerEvent } from "../log/server_log.ts";
import { warnOfExposure } from "../log/warn_of_exposure.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { listen, type ServerEvent } from "../transport/listen.ts";
import { formatAddress } from "../transport/network.ts";
import { answerRequests } from "./answer_requests.ts";
import { idleWatch } from "./idle_watch.ts";
import { KeepWatch } from "./keep_watch.ts";
import { timerService } from "./protocol.ts";
import { takeLeave } from "./take_leave.ts";

/** Flags of `tram timer serve`. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly maxClients: number;
  /** Longest silence of a client, in milliseconds. */
  readonly timeout?: number | undefined;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** `tram timer serve`: answers requests until it is interrupted. */
export async function serve(context: RunContext, flags: ServeFlags): Promise<ExitCode> {
  const { clock, network, signal, log, process: { stdout } } = context;
  const { host, port, maxClients, insecure, timeout: timeoutMs, json } = flags;
  const tokens = await tokensToServe(context, flags);
  const onEvent = (event: ServerEvent) => {
    if (json) stdout.write(`${eventLine(event, "json")}\n`);
    logServerEvent(log, event);
  };
  const admit = () => {
    if (!signal.aborted) return;
    throw new LineError(LineErrorCode.ShuttingDown, "The server is leaving");
  };
  const watch = new KeepWatch(clock);
  const server = listen(
    timerService,
    { host, port, tokens, insecure, maxClients, admit, onEvent, network, clock },
    (client) => {
      watch.while(client);
      const answer = answerRequests(client, clock, watch.stopWatch);
      if (timeoutMs === undefined) return { request: answer };
      const heard = idleWatch(client, clock, timeoutMs);
      return {
        request(view) {
          heard();
          answer(view);
        },
      };
    },
  );
  stdout.write(`${listeningLine(server.address, json)}\n`);
  warnOfExposure(log, { host, tokens, network });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  log.info(`closing ${formatAddress(server.address)}`);
  await takeLeave(server, clock);
  await server.close();
  return ExitCode.Done;
}
