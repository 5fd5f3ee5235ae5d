import type { DatabaseSync } from "node:sqlite";
import { Statements } from "../../store/statements.ts";
import type { ChatFound, ChatRead } from "./chat_request.ts";
import type {
  InboxLine,
  LinePage,
  ModerationAction,
  ModerationEntry,
  Sanction,
  SessionRow,
  StoredLine,
} from "./chat_store.ts";
import { lineBounds, type LineRange } from "./line_range.ts";

/** SQLite keeps a NUL, but `node:sqlite` reads texts up to the first one; bytes it reads whole. */
const TEXT =
  "CASE WHEN instr(CAST(text AS BLOB), x'00') > 0 THEN CAST(text AS BLOB) ELSE text END AS text";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

type Row = ReturnType<ReturnType<Statements["get"]>["all"]>[number];

/** Reads a store of chat in a file. Blocks, for short. */
export class SqliteChatReader {
  readonly #sql: Statements;

  constructor(db: DatabaseSync) {
    this.#sql = new Statements(db);
  }

  read(read: ChatRead): ChatFound[ChatRead["kind"]] {
    switch (read.kind) {
      case "load":
        return this.#load();
      case "find":
        return this.#find(read.session);
      case "pairs":
        return this.#all("SELECT number, last FROM pairs ORDER BY number")
          .map(({ number, last }) => ({ pair: Number(number), events: Number(last) }));
      case "relay-events":
        return this.#events(read.pair);
      case "lines":
        return this.#lines(read.room, read.range);
      case "inbox":
        return this.#inbox(read.author, read.range);
      case "log":
        return this.#all("SELECT * FROM moderation ORDER BY number DESC LIMIT ?", read.limit)
          .map(entryOf);
    }
  }

  #load(): ChatFound["load"] {
    const { id } = this.#sql.get("SELECT id FROM store").get() ?? {};
    const last = this.#sql.get("SELECT max(number) AS last FROM pairs").get()?.last;
    return {
      storeId: String(id),
      rooms: this.#all("SELECT name, last FROM rooms ORDER BY number")
        .map((row) => ({ room: String(row.name), last: Number(row.last) })),
      named: this.#all("SELECT * FROM sessions WHERE nick <> '' ORDER BY author").map(sessionOf),
      sanctions: this.#all(
        "SELECT moderation.* FROM sanctions JOIN moderation ON moderation.number = entry " +
          "ORDER BY entry",
      ).map((row) => entryOf(row) as Sanction),
      operators: this.#all("SELECT identity FROM operators ORDER BY identity")
        .map(({ identity }) => String(identity)),
      pairs: this.#all("SELECT number FROM pairs WHERE has_ended = 0 ORDER BY number")
        .map(({ number }) => ({ pair: Number(number), events: this.#events(Number(number)) })),
      lastPair: Number(last ?? 0),
    };
  }

  #find(session: string): ChatFound["find"] {
    const row = this.#sql.get("SELECT * FROM sessions WHERE id = ?").get(session);
    if (!(row?.cookie instanceof Uint8Array)) return undefined;
    const cookie = new Uint8Array(row.cookie);
    return { ...sessionOf(row), cookie, highestSequence: Number(row.highest) };
  }

  #events(pair: number): string[] {
    return this.#all("SELECT event FROM pair_events WHERE pair = ? ORDER BY number", pair)
      .map(({ event }) => String(event));
  }

  #lines(name: string, range: LineRange): LinePage<StoredLine> {
    const room = this.#sql.get("SELECT number, last FROM rooms WHERE name = ?").get(name);
    const { first, last, hasOlder } = lineBounds(range, Number(room?.last ?? 0));
    const lines = this.#all(
      `SELECT id, time_us, author, nick, ${TEXT} FROM lines WHERE room = ? AND id BETWEEN ? AND ? ORDER BY id`,
      ...[Number(room?.number ?? 0), first, last],
    ).map(lineOf);
    return { lines, hasOlder };
  }

  #inbox(owner: number, range: LineRange): LinePage<InboxLine> {
    const row = this.#sql.get("SELECT inbox_last FROM sessions WHERE author = ?").get(owner);
    const { first, last, hasOlder } = lineBounds(range, Number(row?.inbox_last ?? 0));
    const lines = this.#all(
      `SELECT id, time_us, author, nick, other_nick, ${TEXT} FROM inboxes WHERE owner = ? AND id BETWEEN ? AND ? ORDER BY id`,
      ...[owner, first, last],
    ).map((row) => {
      const line = lineOf(row);
      return { ...line, isSent: line.author === owner, with: String(row.other_nick) };
    });
    return { lines, hasOlder };
  }

  #all(sql: string, ...values: number[]): Row[] {
    return this.#sql.get(sql).all(...values);
  }
}

function lineOf(row: Row): StoredLine {
  return {
    id: Number(row.id),
    timeUs: Number(row.time_us),
    author: Number(row.author),
    nick: String(row.nick),
    text: row.text instanceof Uint8Array ? decoder.decode(row.text) : String(row.text),
  };
}

function sessionOf(row: Row): SessionRow {
  return {
    author: Number(row.author),
    session: String(row.id),
    clientId: String(row.client_id),
    tokenName: String(row.token_name),
    nick: String(row.nick),
    inboxLast: Number(row.inbox_last),
    seenUs: Number(row.seen_us),
  };
}

function entryOf(row: Row): ModerationEntry {
  return {
    timeUs: Number(row.time_us),
    actor: String(row.actor),
    action: String(row.action) as ModerationAction,
    identity: String(row.identity),
    nick: String(row.nick),
    ...row.until_us === null ? {} : { untilUs: Number(row.until_us) },
    reason: String(row.reason),
  };
}
