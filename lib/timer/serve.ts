import { ExitCode } from "../config/exit_code.ts";
import { tokensToServe } from "../config/user_token.ts";
import type { TramContext } from "../context.ts";
import { listen } from "../transport/listen.ts";
import { formatAddress, isLoopback } from "../transport/network.ts";
import { eventLine, listeningLine } from "../log/server_log.ts";
import { answerRequests } from "./answer_requests.ts";
import { idleWatch } from "./idle_watch.ts";
import { timerService } from "./protocol.ts";

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
export async function serve(context: TramContext, flags: ServeFlags): Promise<ExitCode> {
  const { clock, network, signal, process: { stdout, stderr } } = context;
  const { host, port, maxClients, insecure, timeout: timeoutMs, json } = flags;
  const tokens = await tokensToServe(context, flags);
  const onEvent = (event: Parameters<typeof eventLine>[0]) => {
    if (json) stdout.write(`${eventLine(event, "json")}\n`);
    else stderr.write(`${eventLine(event, "text")}\n`);
  };
  const server = listen(
    timerService,
    { host, port, tokens, insecure, maxClients, onEvent, network, clock },
    (client) => {
      const answer = answerRequests(client, clock);
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
  if (!isLoopback(host)) {
    const open = tokens === undefined ? "everybody may come in, and " : "";
    stderr.write(`tram: warning: ${open}what follows the handshake is not encrypted\n`);
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  if (!json) stderr.write(`tram: closing ${formatAddress(server.address)}\n`);
  await server.close();
  return ExitCode.Done;
}
