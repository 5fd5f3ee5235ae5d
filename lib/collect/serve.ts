import { ExitCode } from "../config/exit_code.ts";
import { tokensToGuard } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { untilAborted } from "../clock/until_aborted.ts";
import { ServerVoice } from "../log/server_voice.ts";
import { showEvery } from "../terminal/show_every.ts";
import { styleFor } from "../terminal/style.ts";
import { listen } from "../transport/listen.ts";
import { SessionDesk } from "../transport/session/session_desk.ts";
import { CollectServer } from "./collect_server.ts";
import { keepRetention } from "./keep_retention.ts";
import { LiveTable } from "./live_table.ts";
import { collectService } from "./protocol.ts";

/** How often the table on a terminal changes, in milliseconds. */
const SHOW_EVERY_MS = 500;

/** Flags of `tram collect serve`. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly maxClients: number;
  /** File of the store; `:memory:` for none. */
  readonly store: string;
  /** How long samples are kept, in milliseconds. @default {for ever} */
  readonly retention?: number | undefined;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** `tram collect serve`: gathers samples until it is interrupted. */
export async function serve(context: RunContext, flags: ServeFlags): Promise<ExitCode> {
  const { clock, network, signal, log, screen, process: { stdout } } = context;
  const { host, port, maxClients, insecure, json } = flags;
  const tokens = await tokensToGuard(context, flags);
  await using store = await context.openCollectStore(flags.store, false);
  const voice = new ServerVoice({ log, stdout, json });
  using server = new CollectServer(clock, store, voice.trouble);
  using _ = keepRetention({
    ...{ store, clock, retentionMs: flags.retention, onTrouble: voice.trouble },
  });
  const desk = new SessionDesk<typeof collectService.kinds>();
  const line = listen(
    collectService,
    {
      ...{ host, port, tokens, insecure, maxClients, network, clock },
      ...{ sessions: store, onEvent: voice.event },
    },
    (connection) => {
      desk.seat(connection);
      return server.join(connection);
    },
  );
  voice.listening(line.address, { host, tokens, network });
  const table = new LiveTable(server, clock);
  const showing = showEvery(
    screen,
    clock,
    SHOW_EVERY_MS,
    () => table.lines(screen.columns, styleFor(screen)),
  );
  await untilAborted(signal);
  showing[Symbol.dispose]();
  voice.closing(line.address);
  await line.close();
  return ExitCode.Done;
}
