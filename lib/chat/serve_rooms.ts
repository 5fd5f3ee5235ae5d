import type { RunContext } from "../context.ts";
import { FileDesk } from "./files/file_desk.ts";
import { CONSOLE } from "./moderation/actor.ts";
import { Moderation } from "./moderation/moderation.ts";
import type { ServeFlags } from "./serve.ts";
import type { Served, ServedOptions } from "./served.ts";
import { ChatServer } from "./server/chat_server.ts";
import type { ChatSnapshot, ChatStore } from "./store/chat_store.ts";

/** Serves rooms. */
export function serveRooms(
  { clock }: Pick<RunContext, "clock">,
  flags: ServeFlags,
  { store, snapshot, ...told }: ServedOptions & {
    readonly store: ChatStore;
    readonly snapshot: ChatSnapshot;
  },
): Served {
  const { motd, maxFile: maxFileBytes, fileRate = 0, pace, operator = [] } = flags;
  const moderation = new Moderation({ store, clock, snapshot, operators: operator });
  const options = { motd, maxFileBytes, pace };
  const server = new ChatServer({ clock, store, snapshot, moderation, options, ...told });
  server.files = new FileDesk(server, {
    clock,
    maxFileBytes,
    rateBytesPerSecond: fileRate,
    mayShare: ({ identity }) => moderation.mayNotSpeak(identity),
  });
  return {
    gate: server.gate,
    ended: server.ended,
    admit: (candidate) => server.admit(candidate),
    join: (connection) => server.join(connection),
    run: (command) => moderation.runCommand(CONSOLE, command, server),
    words: () => ({
      nicks: [...server.members()].map(({ nick }) => nick),
      rooms: [...server.rooms()].map(({ room }) => room),
    }),
    status() {
      const { members, rooms } = server.counts;
      return `${members} member${members === 1 ? "" : "s"} · ${rooms} room${
        rooms === 1 ? "" : "s"
      }`;
    },
    drain: () => server.drain(),
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}
