/** What members say: from SAY into the store, and from there to everybody. */
import { FrameBatch } from "../../transport/frame_batch.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import { LineErrorCode } from "../../transport/line_error.ts";
import { MAX_LINE_BYTES, MAX_UNCOMMITTED } from "../limits.ts";
import { encodeLine, type Line, LineFlag, readSay, type Say } from "../line_codec.ts";
import { parseRoom } from "../nick/parse_room.ts";
import { chatService } from "../protocol.ts";
import type { Destination, Identity, Post, Posted, StoredLine } from "../store/chat_store.ts";
import type { Guest } from "./guest.ts";
import type { Hall } from "./hall.ts";
import type { ChatMember } from "./member.ts";
import type { NameBook } from "./name_book.ts";
import type { Entry, PostQueue } from "./post_queue.ts";
import type { Presence } from "./presence.ts";
import type { Refusals } from "./refusals.ts";
import type { Room } from "./room.ts";
import type { ChatSessionGate } from "./session_gate.ts";

const { kinds } = chatService;

/** Name of the server where it says something itself. */
const SERVER = "server";

/** What a {@linkcode SayDesk} works with. */
export interface SayDeskParts {
  readonly hall: Hall;
  readonly names: NameBook;
  readonly presence: Presence;
  readonly gate: ChatSessionGate;
  readonly queue: PostQueue;
  readonly refusals: Refusals;
  readonly wallUs: () => number;
  /** Why somebody may not speak now. */
  readonly mayNotSpeak: (identity: Identity) => string | undefined;
}

/** Where a line goes, or why it does not. */
type Aim = Destination | {
  readonly kind: "refused";
  readonly code: string;
  readonly message: string;
};

const encoder = new TextEncoder();

/** Takes what members say, and passes on what is committed. */
export class SayDesk {
  readonly #parts: SayDeskParts;

  constructor(parts: SayDeskParts) {
    this.#parts = parts;
  }

  /** Reads a SAY; a repeat is answered at once. @returns what is new. @throws {LineError} `bad-message` */
  read(member: ChatMember, view: FrameView): Say | undefined {
    const say = readSay(view);
    const { guest } = member;
    if (say.sequence <= guest.committed) member.acknowledge(guest.committed);
    if (say.sequence <= member.heard) return undefined; // or it is acknowledged when it is committed
    member.heard = say.sequence;
    return say;
  }

  /** Hands a line to the store. */
  take(member: ChatMember, { sequence, where, text }: Say): void {
    const { guest } = member;
    const { queue, wallUs } = this.#parts;
    if (queue.isFull || (queue.isFailing && guest.uncommitted >= MAX_UNCOMMITTED)) {
      const message = `Cannot take more lines: the store takes none, ${guest.uncommitted} wait`;
      return void member.connection.abort(LineErrorCode.Overloaded, message);
    }
    if (guest.uncommitted >= MAX_UNCOMMITTED) return member.flood(guest.uncommitted);
    if (queue.isFailing) member.tellStoreFails();
    guest.taken = sequence;
    const aim = this.#aimOf(guest, where, text);
    const about = { author: guest.author, sequence, timeUs: wallUs(), nick: guest.nick };
    if (aim.kind !== "refused") return queue.add({ guest, post: { ...about, to: aim, text } });
    const { code, message } = aim;
    const post: Post = { ...about, to: { kind: "nowhere" }, text: "" };
    queue.add({ guest, post, refusal: { code, message } });
  }

  /** A line of the server itself. */
  say(text: string, room: string): void {
    const post = { author: 0, sequence: 0, timeUs: this.#parts.wallUs(), nick: SERVER, text };
    this.#parts.queue.add({ post: { ...post, to: { kind: "room", room } } });
  }

  /** Passes on what is committed: lines, refusals, and last the acknowledgements. */
  deliver(entries: readonly Entry[], posted: readonly Posted[]): void {
    const rooms: Room[] = [];
    const guests: Guest[] = [];
    for (const [at, entry] of entries.entries()) {
      this.#note(entry, posted[at], rooms);
      const { guest, post: { sequence } } = entry;
      if (guest === undefined) continue;
      guest.committed = Math.max(guest.committed, sequence);
      if (!guest.isAckDue) guests.push(guest);
      guest.isAckDue = true;
    }
    for (const room of rooms) this.#broadcast(room);
    for (const guest of guests) {
      guest.isAckDue = false;
      guest.member?.acknowledge(guest.committed);
      this.#parts.hall.forget(guest);
    }
  }

  #note({ post, guest, refusal }: Entry, result: Posted | undefined, rooms: Room[]): void {
    if (refusal !== undefined) {
      const refused = { sequence: post.sequence, ...refusal };
      // After a goodbye nothing can be said on that connection any more.
      const listener = guest?.member?.hasSaidGoodbye === false ? guest.member : undefined;
      listener?.send(kinds.refused, refused);
      this.#parts.refusals.add(post.author, refused, listener !== undefined);
      return;
    }
    const { to, timeUs, author, nick, text } = post;
    if (result?.kind === "room" && to.kind === "room") {
      const room = this.#parts.hall.room(to.room);
      if (room.fresh.length === 0) rooms.push(room);
      room.fresh.push({ id: result.id, timeUs, author, nick, text });
    } else if (result?.kind === "private" && to.kind === "private") {
      // Who has just said something in a room sees, as others do, what it said in that order.
      for (const room of rooms) if (room.seats.has(author)) this.#broadcast(room);
      const line = { timeUs, author, nick, text };
      const isOwn = to.author === author;
      const flags = LineFlag.Private;
      const where = `@${to.nick}`;
      if (!isOwn) this.#toInbox(to.author, { ...line, id: result.id, flags, where: `@${nick}` });
      const copy = { ...line, id: result.copyId, flags: flags | LineFlag.Sent, where };
      this.#toInbox(author, copy);
      if (isOwn || this.#parts.hall.guests.get(to.author)?.member !== undefined) return;
      const message = `${to.nick} is away, and gets it when they come back`;
      guest?.member?.tell({ code: "away", message });
    }
  }

  #toInbox(author: number, line: Line): void {
    const guest = this.#parts.hall.guests.get(author);
    if (guest === undefined) return this.#parts.gate.noteInbox(author, line.id);
    guest.inboxLast = Math.max(guest.inboxLast, line.id);
    const { inbox, member } = guest;
    if (inbox.isLive && line.id > inbox.reached) member?.send(kinds.line, encodeLine(line));
  }

  /** All lines of a commit go to all who are live in one piece, encoded once. */
  #broadcast(room: Room): void {
    const { fresh } = room;
    if (fresh.length === 0) return; // they went before a private line
    room.fresh = [];
    for (const line of fresh) room.ring.push(line);
    const first = fresh[0]?.id ?? 0;
    room.last = Math.max(room.last, fresh.at(-1)?.id ?? 0);
    this.#parts.presence.flush(room);
    let all: FrameBatch | undefined;
    for (const seat of room.seats.values()) {
      const { guest: { member } } = seat;
      if (!seat.isLive || member === undefined) continue;
      if (seat.reached < first) member.sendBatch(all ??= batchOf(room.name, fresh));
      else member.sendBatch(batchOf(room.name, fresh.filter(({ id }) => id > seat.reached)));
    }
    if (room.seats.size === 0) this.#parts.hall.rings.clear(room.ring);
    else this.#parts.hall.rings.grown(room.ring);
  }

  #aimOf(guest: Guest, where: string, text: string): Aim {
    const { names, mayNotSpeak } = this.#parts;
    if (text === "") return refused("empty", "Cannot say nothing");
    const { length } = encoder.encode(text);
    if (length > MAX_LINE_BYTES) {
      const message =
        `Cannot take a line of ${length} bytes: at most ${MAX_LINE_BYTES} are allowed`;
      return refused("too-long", message);
    }
    if (/[\n\r\0]/.test(text)) {
      return refused("bad-line", "Cannot take a line with a line feed in it");
    }
    const why = mayNotSpeak(guest.identity);
    if (why !== undefined) return refused("suspended", why);
    if (where.startsWith("#")) return roomOf(guest, where);
    if (!where.startsWith("@")) {
      return refused("bad-where", "Cannot tell who is meant: wanted #room or @nick");
    }
    const name = names.find(where.slice(1));
    if (name !== undefined) return { kind: "private", author: name.author, nick: name.nick };
    return refused("no-such-nick", `Cannot find ${where}: nobody has that name`);
  }
}

function refused(code: string, message: string): Aim {
  return { kind: "refused", code, message };
}

function roomOf({ rooms }: Guest, where: string): Aim {
  if (rooms.has(where)) return { kind: "room", room: where };
  const parsed = parseRoom(where);
  if ("error" in parsed) return refused("bad-where", parsed.error);
  if (rooms.has(parsed.room)) return { kind: "room", room: parsed.room };
  return refused("not-in-room", `Cannot speak in ${parsed.room}: you are not there`);
}

function batchOf(room: string, lines: readonly StoredLine[]): FrameBatch {
  const batch = new FrameBatch();
  for (const line of lines) {
    batch.add(kinds.line, encodeLine({ ...line, flags: 0, where: room }));
  }
  return batch;
}
