import type { DatabaseSync } from "node:sqlite";
import { Committer, type CommitterOptions } from "../../store/committer.ts";
import { Statements } from "../../store/statements.ts";
import { ChatRows } from "./chat_rows.ts";
import type { ChatWrite, ChatWritten } from "./chat_request.ts";
import type { Post, Posted, SessionRow } from "./chat_store.ts";
import type { CommitRequest, WriteOutcome } from "./sqlite_chat_messages.ts";
import { writeModeration } from "./write_moderation.ts";

/** Why one write is not done, while those around it are. */
class Refusal extends Error {}

const INSERT_LINE =
  "INSERT INTO lines (room, id, time_us, author, nick, text) VALUES (?,?,?,?,?,?)";
const INSERT_INBOX_LINE =
  "INSERT INTO inboxes (owner, id, time_us, author, nick, text, other_nick) VALUES (?,?,?,?,?,?,?)";

/** Writes to a store of chat in a file. Blocks, so it lives in a thread. */
export class SqliteChatWriter {
  readonly #sql: Statements;
  readonly #rows: ChatRows;
  readonly #committer: Committer;

  constructor(db: DatabaseSync, options: CommitterOptions) {
    this.#sql = new Statements(db);
    this.#rows = new ChatRows(db);
    this.#committer = new Committer(db, { ...options, onRollBack: () => this.#rows.forget() });
  }

  /**
   * Everything or nothing, but for what single writes are refused for.
   *
   * @throws {StoreError}
   */
  commit({ epoch, writes }: CommitRequest): WriteOutcome[] {
    return this.#committer.commitInOrder(epoch, () => {
      const outcomes = writes.map((write) => this.#outcome(write));
      this.#rows.flush();
      return outcomes;
    });
  }

  #outcome(write: ChatWrite): WriteOutcome {
    try {
      return { value: this.#write(write) };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error.message };
      throw error;
    }
  }

  #write(write: ChatWrite): ChatWritten[ChatWrite["kind"]] {
    switch (write.kind) {
      case "open":
        return this.#open(write);
      case "append":
        return this.#append(write.posts);
      case "relay":
        return this.#relay(write.pair, write.events);
      case "end-pair":
        this.#sql.get("UPDATE pairs SET has_ended = 1 WHERE number = ?").run(write.pair);
        return undefined;
      case "nick": {
        const { author, nick, atUs } = write;
        this.#check(author);
        this.#sql.get("UPDATE sessions SET nick = '' WHERE nick = ? AND nick <> ''").run(nick);
        this.#sql.get("UPDATE sessions SET nick = ?, seen_us = ? WHERE author = ?")
          .run(nick, atUs, author);
        return undefined;
      }
      case "seen":
        this.#check(write.author);
        this.#sql.get("UPDATE sessions SET seen_us = ? WHERE author = ?")
          .run(write.atUs, write.author);
        return undefined;
      case "moderate":
        return writeModeration(write.entry, this.#sql);
    }
  }

  #open(write: ChatWrite & { readonly kind: "open" }): SessionRow {
    const { session, cookie, clientId, tokenName, atUs } = write;
    const { changes, lastInsertRowid } = this.#sql.get(
      "INSERT OR IGNORE INTO sessions (id, client_id, token_name, cookie, seen_us) " +
        "VALUES (?,?,?,?,?)",
    ).run(session, clientId, tokenName, cookie, atUs);
    if (Number(changes) === 0) {
      throw new Refusal(`Cannot open session ${session}: it is there already`);
    }
    const author = Number(lastInsertRowid);
    return { author, session, clientId, tokenName, nick: "", inboxLast: 0, seenUs: atUs };
  }

  #append(posts: readonly Post[]): Posted[] {
    // Before anything of it is written: it is all or nothing.
    for (const { author, to } of posts) {
      if (author !== 0) this.#check(author);
      if (to.kind === "private") this.#check(to.author);
    }
    return posts.map((post) => this.#post(post));
  }

  #post(post: Post): Posted {
    const { author, sequence, timeUs, nick, text, to } = post;
    if (author !== 0) {
      const session = this.#rows.changeSession(author)!;
      if (sequence <= session.highest) return { kind: "repeated" };
      session.highest = sequence;
    }
    switch (to.kind) {
      case "room": {
        const room = this.#rows.changeRoom(to.room);
        const id = ++room.last;
        this.#sql.get(INSERT_LINE).run(room.number, id, timeUs, author, nick, text);
        return { kind: "room", id };
      }
      case "private": {
        const id = this.#toInbox(to.author, post, nick);
        if (author === to.author) return { kind: "private", id, copyId: id };
        const copyId = author === 0 ? 0 : this.#toInbox(author, post, to.nick);
        return { kind: "private", id, copyId };
      }
      case "relay":
        return { kind: "relay", event: this.#relay(to.pair, to.events) };
      case "nowhere":
        return { kind: "nowhere" };
    }
  }

  #toInbox(owner: number, { timeUs, author, nick, text }: Post, otherNick: string): number {
    const id = ++this.#rows.changeSession(owner)!.inboxLast;
    this.#sql.get(INSERT_INBOX_LINE).run(owner, id, timeUs, author, nick, text, otherNick);
    return id;
  }

  #relay(pair: number, events: readonly string[]): number {
    this.#sql.get("INSERT OR IGNORE INTO pairs (number) VALUES (?)").run(pair);
    let last = Number(this.#sql.get("SELECT last FROM pairs WHERE number = ?").get(pair)?.last);
    for (const event of events) {
      this.#sql.get("INSERT INTO pair_events (pair, number, event) VALUES (?,?,?)")
        .run(pair, ++last, event);
    }
    this.#sql.get("UPDATE pairs SET last = ? WHERE number = ?").run(last, pair);
    return last;
  }

  #check(author: number): void {
    if (this.#rows.session(author) !== undefined) return;
    throw new Refusal(`Cannot store for author ${author}: there is no such session`);
  }
}
