import { ExitCode } from "../config/exit_code.ts";
import { tokensToServe } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { untilAborted } from "../clock/until_aborted.ts";
import { ServerVoice } from "../log/server_voice.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { listen } from "../transport/listen.ts";
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
  const voice = new ServerVoice({ log, stdout, json });
  const admit = () => {
    if (!signal.aborted) return;
    throw new LineError(LineErrorCode.ShuttingDown, "The server is leaving");
  };
  const watch = new KeepWatch(clock);
  const server = listen(
    timerService,
    { host, port, tokens, insecure, maxClients, admit, onEvent: voice.event, network, clock },
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
  voice.listening(server.address, { host, tokens, network });
  await untilAborted(signal);
  voice.closing(server.address);
  await takeLeave(server, clock);
  await server.close();
  return ExitCode.Done;
}
