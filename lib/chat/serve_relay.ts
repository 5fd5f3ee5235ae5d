import type { RunContext } from "../context.ts";
import { parseDurationMs } from "../config/parse_flags.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { SessionDesk } from "../transport/session/session_desk.ts";
import { Moderation } from "./moderation/moderation.ts";
import type { Reply } from "./messages.ts";
import type { ChatKinds } from "./protocol.ts";
import { RelayServer } from "./relay/relay_server.ts";
import type { ServeFlags } from "./serve.ts";
import type { Served, ServedOptions } from "./served.ts";
import { identityOf } from "./server/name_book.ts";
import { ChatSessionGate } from "./server/session_gate.ts";
import { Shutdown } from "./server/shutdown.ts";
import type { ChatSnapshot, ChatStore } from "./store/chat_store.ts";

/** Serves pairs that take turns. */
export function serveRelay(
  { clock }: Pick<RunContext, "clock">,
  { game, clock: clockMs, motd, operator = [] }: ServeFlags,
  { store, snapshot, onTrouble }: ServedOptions & {
    readonly store: ChatStore;
    readonly snapshot: ChatSnapshot;
  },
): Served {
  const gate = new ChatSessionGate(store, clock);
  const desk = new SessionDesk<ChatKinds>();
  const shutdown = new Shutdown(clock);
  const moderation = new Moderation({ store, clock, snapshot, operators: operator });
  const relay = new RelayServer({
    clock,
    store,
    snapshot,
    game,
    clockMs,
    motd,
    onTrouble,
    sessionOf({ terms: { session, clientId } }) {
      const row = gate.take(session);
      if (row === undefined) throw new Error("Cannot find the session that has just logged in");
      return { author: row.author, nick: clientId };
    },
  });
  return {
    gate,
    ended: shutdown.ended,
    admit({ tokenName }) {
      if (shutdown.isNear) {
        throw new LineError(LineErrorCode.ShuttingDown, "The server goes down; try again later");
      }
      const refusal = tokenName === "" ? undefined : moderation.admit(identityOf(0, tokenName));
      if (refusal !== undefined) throw refusal;
    },
    join(connection) {
      desk.seat(connection);
      return relay.join(connection);
    },
    run: (command) => runCommand(relay, shutdown, command),
    words: () => ({ nicks: [], rooms: [] }),
    status() {
      const { size } = relay.connections;
      return `${size} player${size === 1 ? "" : "s"}`;
    },
    drain: (reason) => relay.exit(reason === "" ? "the server goes down" : reason),
    [Symbol.dispose]() {
      shutdown[Symbol.dispose]();
      relay[Symbol.dispose]();
    },
  };
}

/** `!shutdown` is the same everywhere; the rest is the relay's. */
async function runCommand(relay: RelayServer, shutdown: Shutdown, text: string): Promise<Reply> {
  const [, command = "", time, reason = ""] = /^(!shutdown)(?:\s+(\d\S*))?(?:\s+(.*))?$/is
    .exec(text.trim()) ?? [];
  if (command === "") return await relay.runCommand(text);
  try {
    const notice = shutdown.plan(time === undefined ? 0 : parseDurationMs(time), reason);
    relay.tellAll(notice);
    return { command: "!shutdown", isDone: true, lines: [notice.message] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { command: "!shutdown", isDone: false, lines: [`Cannot do !shutdown: ${why}`] };
  }
}
