import { ExitCode } from "../config/exit_code.ts";
import { tokensToGuard } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { eventLine, listeningLine, logServerEvent } from "../log/server_log.ts";
import { warnOfExposure } from "../log/warn_of_exposure.ts";
import { safeJson } from "../terminal/safe_text.ts";
import { showEvery } from "../terminal/show_every.ts";
import { styleFor } from "../terminal/style.ts";
import { listen, type ServerEvent } from "../transport/listen.ts";
import { formatAddress } from "../transport/network.ts";
import { SessionDesk } from "../transport/session/session_desk.ts";
import { CollectServer } from "./collect_server.ts";
import { keepRetention } from "./keep_retention.ts";
import { LiveTable } from "./live_table.ts";
import { collectService } from "./protocol.ts";
import { StoreError } from "../store/store_error.ts";

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
  const onEvent = (event: ServerEvent) => {
    if (json) stdout.write(`${eventLine(event, "json")}\n`);
    logServerEvent(log, event);
  };
  const onTrouble = (error: unknown) => {
    const code = error instanceof StoreError ? error.code : "other";
    const message = error instanceof Error ? error.message : String(error);
    if (json) stdout.write(`${safeJson({ type: "trouble", code, message })}\n`);
    log.logLimited("warn", `store ${code}`, `the store takes nothing: ${message}`, { code });
  };
  using server = new CollectServer(clock, store, onTrouble);
  using _ = keepRetention({ store, clock, retentionMs: flags.retention, onTrouble });
  const desk = new SessionDesk<typeof collectService.kinds>();
  const line = listen(
    collectService,
    { host, port, tokens, insecure, maxClients, sessions: store, onEvent, network, clock },
    (connection) => {
      desk.seat(connection);
      return server.join(connection);
    },
  );
  stdout.write(`${listeningLine(line.address, json)}\n`);
  warnOfExposure(log, { host, tokens, network });
  const table = new LiveTable(server, clock);
  const showing = showEvery(
    screen,
    clock,
    SHOW_EVERY_MS,
    () => table.lines(screen.columns, styleFor(screen)),
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  showing[Symbol.dispose]();
  log.info(`closing ${formatAddress(line.address)}`);
  await line.close();
  return ExitCode.Done;
}
