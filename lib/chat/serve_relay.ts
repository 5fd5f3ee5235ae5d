import type { RunContext } from "../context.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import { SessionDesk } from "../transport/session/session_desk.ts";
import { Moderation } from "./moderation/moderation.ts";
import type { ChatKinds } from "./protocol.ts";
import { runRelayCommand } from "./relay/relay_console.ts";
import { RelayHost } from "./relay/relay_host.ts";
import { RelayServer } from "./relay/relay_server.ts";
import type { ServeFlags } from "./serve.ts";
import type { Served, ServedOptions } from "./served.ts";
import { identityOf } from "./server/name_book.ts";
import { refusalAtDoor } from "./server/refusal_at_door.ts";
import { ChatSessionGate } from "./server/session_gate.ts";
import { Shutdown } from "./server/shutdown.ts";
import type { ChatSnapshot, ChatStore } from "./store/chat_store.ts";

/** Serves pairs that take turns. */
export function serveRelay(
  { clock }: Pick<RunContext, "clock">,
  { game, clock: clockMs, motd, pace }: ServeFlags,
  { store, snapshot, onTrouble }: ServedOptions & {
    readonly store: ChatStore;
    readonly snapshot: ChatSnapshot;
  },
): Served {
  const gate = new ChatSessionGate(store, clock);
  const desk = new SessionDesk<ChatKinds>();
  const shutdown = new Shutdown(clock);
  const moderation = new Moderation({ store, clock, snapshot, operators: [] });
  const relay = new RelayServer({
    clock,
    store,
    snapshot,
    game,
    clockMs,
    motd,
    pace,
    onTrouble,
    sessionOf({ terms: { session, clientId: nick, tokenName } }) {
      const row = gate.take(session);
      if (row === undefined) throw new Error("Cannot find the session that has just logged in");
      const { author } = row;
      const identity = identityOf(author, tokenName);
      return refusalAtDoor((each) => moderation.admit(each), row, identity) ??
        { author, nick, identity };
    },
  });
  const host = new RelayHost(relay, shutdown);
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
    run: (command) => runRelayCommand({ relay, moderation, host }, command),
    words: () => ({ nicks: [...relay.members()].map(({ nick }) => nick), rooms: [] }),
    status: () => `${relay.size} player${relay.size === 1 ? "" : "s"}`,
    drain: (reason) => relay.exit(reason === "" ? "the server goes down" : reason),
    [Symbol.dispose]() {
      shutdown[Symbol.dispose]();
      relay[Symbol.dispose]();
    },
  };
}
