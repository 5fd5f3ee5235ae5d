import { sleep } from "../clock/sleep.ts";
import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import { tokensToGuard } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { untilAborted } from "../clock/until_aborted.ts";
import { ServerVoice } from "../log/server_voice.ts";
import { listen } from "../transport/listen.ts";
import { type Address, formatAddress } from "../transport/network.ts";
import type { Token } from "../transport/token.ts";
import { ServerConsole } from "./moderation/console.ts";
import { chatService } from "./protocol.ts";
import { serveRelay } from "./serve_relay.ts";
import { serveRooms } from "./serve_rooms.ts";
import type { Served } from "./served.ts";

/** How often what the console shows is looked at, in milliseconds. */
const SHOW_EVERY_MS = 1000;

/** How long to wait at the end for a store that takes nothing, in milliseconds. */
const DRAIN_MS = 5000;

/** Flags of `tram chat serve`. */
export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly maxClients: number;
  /** File of the store; `:memory:` for none. */
  readonly store: string;
  readonly mode: "rooms" | "relay";
  /** Game that pairs of a relay play. */
  readonly game?: string | undefined;
  /** Time of each side of a game, in milliseconds. @default {no limit} */
  readonly clock?: number | undefined;
  readonly motd?: string | undefined;
  /** Most bytes of a file; 0: none. */
  readonly maxFile: number;
  /** Bytes of files per second of each sender. @default {no limit} */
  readonly fileRate?: number | undefined;
  /** Lines per second of one member; 0: no limit. */
  readonly pace: number;
  /** Names of tokens whose owners may moderate. */
  readonly operator?: readonly string[] | undefined;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** `tram chat serve`: serves until it is interrupted, or told to shut down. */
export async function serve(context: RunContext, flags: ServeFlags): Promise<ExitCode> {
  const { clock, network, signal, log, process: { stdout } } = context;
  const { host, port, maxClients, insecure, json, mode } = flags;
  checkFlags(flags);
  const tokens = await tokensToGuard(context, flags);
  await using store = await context.openChatStore(flags.store, false);
  const snapshot = await store.load();
  const voice = new ServerVoice({ log, stdout, json });
  const parts = { store, snapshot, onTrouble: voice.trouble, onHealed: voice.healed };
  using served = (mode === "relay" ? serveRelay : serveRooms)(context, flags, parts);
  const admit = served.admit.bind(served);
  const line = listen(
    chatService,
    {
      ...{ host, port, tokens, insecure, maxClients, network, clock },
      ...{ sessions: served.gate, admit, onEvent: voice.event },
    },
    (connection) => served.join(connection),
  );
  voice.listening(line.address, { host, tokens, network });
  warnOfOperators(context, flags, tokens);
  const interrupted = Promise.withResolvers<string>();
  const hurried = Promise.withResolvers<void>();
  untilAborted(signal).then(() => interrupted.resolve(""));
  let isEnding = false;
  await using board = consoleOf(context, flags, served, () => {
    if (isEnding) hurried.resolve(); // keys come one by one: the second ^C is no signal either
    interrupted.resolve("");
  });
  voice.output = board.output;
  const showing = new AbortController();
  showStatus(context, board, served, line.address, showing.signal);
  const reason = await Promise.race([interrupted.promise, served.ended]);
  isEnding = true;
  showing.abort();
  voice.closing(line.address, reason);
  const end = async () => {
    await atMost(context, DRAIN_MS, served.drain(reason));
    await line.close({ code: "shutting-down", message: hintFor(line.address, reason) });
  };
  await Promise.race([end(), hurried.promise]);
  return ExitCode.Done;
}

/** How to come back, for people. */
function hintFor({ host, port }: Address, reason: string): string {
  const why = reason === "" ? "" : `${reason}; `;
  return `${why}come back with: tram chat join --host ${host} --port ${port}; typed lines are kept`;
}

function checkFlags({ mode, game, clock, fileRate, operator }: ServeFlags): void {
  if (game !== undefined && mode !== "relay") {
    throw new UsageError("Cannot play a game in rooms: --game goes with --mode relay");
  }
  if (mode === "relay" && (fileRate !== undefined || operator !== undefined)) {
    const flag = fileRate !== undefined ? "--file-rate" : "--operator";
    throw new UsageError(`Cannot use ${flag} in a relay: it goes with --mode rooms`);
  }
  if (clock !== undefined && game === undefined) {
    throw new UsageError("Cannot keep time without a game: --clock goes with --game");
  }
}

function warnOfOperators(
  { log }: RunContext,
  { operator = [] }: ServeFlags,
  tokens: readonly Token[] | undefined,
): void {
  for (const name of operator) {
    if (tokens?.some((token) => token.name === name)) continue;
    log.warn(`nobody can be operator "${name}": no token has that name; see tram token new`);
  }
}

function consoleOf(
  { clock, log, screen, process: { stdin, stdout } }: RunContext,
  { json }: ServeFlags,
  served: Served,
  onInterrupt: () => void,
): ServerConsole {
  const board = new ServerConsole({
    stdin,
    stdout,
    clock,
    isJson: json,
    run: (command) => served.run(command),
    words: () => served.words(),
    onInterrupt,
    onFailure(error) {
      log.error(`the console failed: ${error instanceof Error ? error.message : error}`);
    },
  });
  // Both are the same terminal: what is logged goes above the line that is typed.
  if (board.prompt !== undefined && screen.isTerminal) screen.lend(() => board.output);
  return board;
}

/** Shows what is going on, above the line that is typed. */
async function showStatus(
  { clock }: RunContext,
  { prompt }: ServerConsole,
  served: Served,
  address: Address,
  signal: AbortSignal,
): Promise<void> {
  while (prompt !== undefined && !signal.aborted) {
    prompt.setStatus(`${served.status()} · ${formatAddress(address)}`);
    await sleep(clock, SHOW_EVERY_MS, signal).catch(() => {});
  }
}

/** Waits for `work`, but not for ever. */
async function atMost({ clock }: RunContext, limitMs: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(clock, limitMs, over.signal).catch(() => {})]);
  over.abort();
}
