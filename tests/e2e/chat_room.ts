/** Real servers and clients of `chat` in a folder of their own, and what is in the store afterwards. */
import { DatabaseSync } from "node:sqlite";
import type { ChatEvent } from "../../lib/chat/chat_event.ts";
import { JsonProcess } from "./json_process.ts";
import { withFolder } from "./processes.ts";

type Line = Extract<ChatEvent, { readonly type: "line" }>;

/** What `chat join --json` writes. */
export type ClientEvent =
  | Exclude<ChatEvent, Line>
  | (Omit<Line, "flags"> & { readonly isPrivate: boolean; readonly isReplayed: boolean });

/** What `chat serve --json` writes. */
export interface ServeEvent {
  readonly type: string;
  readonly port?: number;
  readonly clientId?: string;
  readonly code?: string;
  readonly message?: string;
  readonly reason?: string;
  /** Of a reply to what was typed into the console. */
  readonly command?: string;
  readonly isDone?: boolean;
  readonly lines?: readonly string[];
  readonly data?: unknown;
}

/** A client. */
export type ChatClientProcess = JsonProcess<ClientEvent>;

/** A server that is ready; type commands for its console into it. */
export interface ChatServerProcess extends AsyncDisposable {
  readonly process: JsonProcess<ServeEvent>;
  readonly port: string;
}

/** A line as it stands in the file. */
export interface StoredChatLine {
  readonly id: number;
  readonly author: number;
  readonly nick: string;
  readonly text: string;
}

/** A folder with the store of a server, and the states of its clients. */
export class ChatRoom {
  readonly folder: string;
  readonly store: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(folder: string) {
    this.folder = folder;
    this.store = `${folder}/chat.sqlite`;
    // Nothing of the user who runs the tests.
    this.env = {
      TRAM_CONFIG_DIR: `${folder}/config`,
      TRAM_STATE_DIR: `${folder}/state`,
      USER: "guest",
    };
  }

  /** Starts a server and waits until it is ready. */
  async serve(
    args: readonly string[] = [],
    port = "0",
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChatServerProcess> {
    const all = ["chat", "serve", "--port", port, "--store", this.store, "--json", ...args];
    const process = new JsonProcess<ServeEvent>(all, { ...this.env, ...env });
    const listening = await process.event("listening");
    return {
      process,
      port: String(listening.port),
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  }

  /**
   * Starts a client. Its state is the room's, one per name: the same name goes on with the same session.
   *
   * @param args more options; `--json` is given
   */
  client(
    port: string,
    nick: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): ChatClientProcess {
    const state = args.includes("--no-state") ? [] : ["--profile", nick.toLowerCase()];
    const into = args.includes("--downloads") ? [] : ["--downloads", this.folder];
    const who = ["--nick", nick, ...state, ...into];
    const all = ["chat", "join", "--port", port, ...who, "--json", ...args];
    return new JsonProcess<ClientEvent>(all, { ...this.env, ...env });
  }

  /** Starts a client and waits until it is in its rooms. */
  async joined(
    port: string,
    nick: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChatClientProcess> {
    const process = this.client(port, nick, args, env);
    await process.event("page", ({ room }) => room.startsWith("#"));
    return process;
  }

  /** Lines of a room in the file, in the order of their ids, without a line of tram in between. */
  lines(room: string): StoredChatLine[] {
    const rows = this.query(
      "SELECT lines.id, author, nick, text FROM lines JOIN rooms ON rooms.number = lines.room " +
        "WHERE rooms.name = ? ORDER BY lines.id",
      room,
    );
    return rows.map((row) => ({ ...row })) as unknown as StoredChatLine[];
  }

  /** Asks the file. */
  query(sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
    const db = new DatabaseSync(this.store, { readOnly: true });
    try {
      db.exec("PRAGMA busy_timeout = 5000");
      return db.prepare(sql).all(...values);
    } finally {
      db.close();
    }
  }
}

/** Makes a room, and removes it. */
export function withChat<T>(body: (room: ChatRoom) => Promise<T>): Promise<T> {
  return withFolder((folder) => body(new ChatRoom(folder)));
}
