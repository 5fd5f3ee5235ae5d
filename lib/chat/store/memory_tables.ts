import { StoreError } from "../../store/store_error.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { ChatFound, ChatRead, ChatWrite, ChatWritten } from "./chat_request.ts";
import type {
  Identity,
  InboxLine,
  LinePage,
  ModerationEntry,
  Post,
  Posted,
  Sanction,
  SessionRow,
  StoredLine,
} from "./chat_store.ts";
import { lineBounds, type LineRange } from "./line_range.ts";

type KeptSession = { -readonly [K in keyof Omit<SessionRow, "inboxLast">]: SessionRow[K] } & {
  readonly cookie: Secret;
  readonly inbox: InboxLine[];
  highestSequence: number;
};

interface KeptPair {
  readonly events: string[];
  hasEnded: boolean;
}

/** What a store of chat keeps, in memory. All methods do all of what they are asked, or throw. */
export class MemoryTables {
  readonly #storeId: string;
  /** By author, less 1. */
  readonly #sessions: KeptSession[] = [];
  readonly #byId = new Map<string, KeptSession>();
  readonly #rooms = new Map<string, StoredLine[]>();
  readonly #pairs = new Map<number, KeptPair>();
  readonly #sanctions = new Map<string, Sanction>();
  readonly #operators = new Set<Identity>();
  readonly #log: ModerationEntry[] = [];

  constructor(storeId: string) {
    this.#storeId = storeId;
  }

  /** @throws {StoreError} for what is not there, or is there already */
  write(write: ChatWrite): ChatWritten[ChatWrite["kind"]] {
    switch (write.kind) {
      case "open":
        return this.#open(write);
      case "append":
        return this.#append(write.posts);
      case "relay":
        return this.#relay(write.pair, write.events);
      case "end-pair": {
        const pair = this.#pairs.get(write.pair);
        if (pair !== undefined) pair.hasEnded = true;
        return undefined;
      }
      case "nick": {
        const named = this.#session(write.author);
        for (const other of this.#sessions) if (other.nick === write.nick) other.nick = "";
        named.nick = write.nick;
        named.seenUs = write.atUs;
        return undefined;
      }
      case "seen":
        this.#session(write.author).seenUs = write.atUs;
        return undefined;
      case "moderate":
        return this.#moderate(write.entry);
    }
  }

  read(read: ChatRead): ChatFound[ChatRead["kind"]] {
    switch (read.kind) {
      case "load":
        return this.#load();
      case "find": {
        const found = this.#byId.get(read.session);
        if (found === undefined) return undefined;
        const { cookie, highestSequence } = found;
        return { ...rowOf(found), cookie: cookie.slice(), highestSequence };
      }
      case "pairs":
        return this.#pairList().map(({ pair, events }) => ({ pair, events: events.length }));
      case "relay-events":
        return [...this.#pairs.get(read.pair)?.events ?? []];
      case "lines":
        return pageOf(this.#rooms.get(read.room) ?? [], read.range);
      case "inbox":
        return pageOf(this.#sessions[read.author - 1]?.inbox ?? [], read.range);
      case "log":
        return this.#log.toReversed().slice(0, read.limit);
    }
  }

  #load(): ChatFound["load"] {
    return {
      storeId: this.#storeId,
      rooms: [...this.#rooms].map(([room, { length }]) => ({ room, last: length })),
      named: this.#sessions.filter(({ nick }) => nick !== "").map(rowOf),
      sanctions: [...this.#sanctions.values()],
      operators: [...this.#operators].sort(),
      pairs: this.#pairList().filter(({ hasEnded }) => !hasEnded)
        .map(({ pair, events }) => ({ pair, events: [...events] })),
      lastPair: this.#pairList().at(-1)?.pair ?? 0,
    };
  }

  #open({ session, cookie, clientId, tokenName, atUs }: ChatWrite & { readonly kind: "open" }) {
    if (this.#byId.has(session)) {
      throw new StoreError("other", `Cannot open session ${session}: it is there already`);
    }
    const kept: KeptSession = {
      ...{ author: this.#sessions.length + 1, session, clientId, tokenName, nick: "" },
      ...{ seenUs: atUs, cookie, inbox: [], highestSequence: 0 },
    };
    this.#sessions.push(kept);
    this.#byId.set(session, kept);
    return rowOf(kept);
  }

  #append(posts: readonly Post[]): Posted[] {
    for (const { author, to } of posts) {
      if (author !== 0) this.#session(author);
      if (to.kind === "private") this.#session(to.author);
    }
    return posts.map((post) => this.#post(post));
  }

  #post(post: Post): Posted {
    const { author, sequence, timeUs, nick, text, to } = post;
    if (author !== 0) {
      const session = this.#session(author);
      if (sequence <= session.highestSequence) return { kind: "repeated" };
      session.highestSequence = sequence;
    }
    switch (to.kind) {
      case "room": {
        let lines = this.#rooms.get(to.room);
        if (lines === undefined) this.#rooms.set(to.room, lines = []);
        return {
          kind: "room",
          id: lines.push({ id: lines.length + 1, timeUs, author, nick, text }),
        };
      }
      case "private": {
        const { inbox } = this.#session(to.author);
        const isSent = author === to.author;
        const line = { timeUs, author, nick, text };
        const id = inbox.push({ id: inbox.length + 1, ...line, isSent, with: nick });
        if (isSent) return { kind: "private", id, copyId: id };
        if (author === 0) return { kind: "private", id, copyId: 0 };
        const own = this.#session(author).inbox;
        const copy = { id: own.length + 1, ...line, isSent: true, with: to.nick };
        return { kind: "private", id, copyId: own.push(copy) };
      }
      case "relay":
        return { kind: "relay", event: this.#relay(to.pair, to.events) };
      case "nowhere":
        return { kind: "nowhere" };
    }
  }

  #relay(number: number, events: readonly string[]): number {
    let pair = this.#pairs.get(number);
    if (pair === undefined) this.#pairs.set(number, pair = { events: [], hasEnded: false });
    pair.events.push(...events);
    return pair.events.length;
  }

  #moderate(entry: ModerationEntry): undefined {
    const { action, identity } = entry;
    this.#log.push(entry);
    if (action === "ban" || action === "suspend") {
      // The newest one comes last.
      this.#sanctions.delete(`${action} ${identity}`);
      this.#sanctions.set(`${action} ${identity}`, { ...entry, action });
    } else if (action === "forgive") {
      for (const what of ["ban", "suspend"]) this.#sanctions.delete(`${what} ${identity}`);
    } else if (action === "op") this.#operators.add(identity);
    else if (action === "deop") this.#operators.delete(identity);
  }

  #session(author: number): KeptSession {
    const kept = this.#sessions[author - 1];
    if (kept !== undefined) return kept;
    throw new StoreError("other", `Cannot store for author ${author}: there is no such session`);
  }

  #pairList() {
    return [...this.#pairs].sort(([a], [b]) => a - b).map(([pair, kept]) => ({ pair, ...kept }));
  }
}

function rowOf({ cookie: _, highestSequence: __, inbox, ...row }: KeptSession): SessionRow {
  return { ...row, inboxLast: inbox.length };
}

function pageOf<T extends StoredLine>(all: readonly T[], range: LineRange): LinePage<T> {
  const { first, last, hasOlder } = lineBounds(range, all.length);
  return { lines: all.slice(first - 1, last), hasOlder };
}
