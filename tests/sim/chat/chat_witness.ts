/**
 * Sees all that is typed, committed, acknowledged and shown, and compares. Texts are `ada>#lobby 17 …`:
 * who says it, to whom, and the how manyth of theirs it is.
 */
import { LineFlag } from "../../../lib/chat/line_codec.ts";
import type { ChatWrite, ChatWritten } from "../../../lib/chat/store/chat_request.ts";
import type { Post, Posted } from "../../../lib/chat/store/chat_store.ts";
import type { Sim } from "../core/sim.ts";
import type { DiskWitness } from "./chat_disk.ts";
import type { Showing } from "./showing.ts";

interface Typed {
  readonly who: string;
  readonly number: number;
  readonly atMs: number;
  /** It was said to be safe. */
  isSafe: boolean;
  /** It was said not to be taken. */
  isRejected: boolean;
  /** It was refused, and acknowledged as such. */
  isRefused: boolean;
  committed: number;
}

/** Somebody may not speak. Times are those at which that was certain. */
interface Silence {
  readonly author: number;
  readonly fromMs: number;
  readonly untilUs: number;
  /** The server's clock may be set back before `untilUs`, but what is over is over. */
  toMs: number;
}

/** Most posts that a server may hand over at once. */
const MAX_BATCH = 256;

/** Most lines of a room that a client can ask for at first. */
const MAX_ASKED = 500;

/** Sees all that happens in a chat. */
export class ChatWitness implements DiskWitness {
  /** Texts by room, and by author for inboxes (`@7`), in the order of their ids from 1. */
  readonly places = new Map<string, string[]>();
  readonly #sim: Sim;
  readonly #typed = new Map<string, Typed>();
  /** By author and sequence: the text, or "" for what went nowhere. */
  readonly #sequences = new Map<string, string>();
  /** Number of the last line of somebody that was committed. */
  readonly #lastOf = new Map<string, number>();
  /** When a post was handed over first, by author, sequence and text. */
  readonly #handedMs = new Map<string, number>();
  readonly #silences: Silence[] = [];
  /** When lines were refused, by author and sequence. */
  readonly #refusedMs = new Map<string, number>();
  /** When the present server began, in milliseconds of true time. */
  #beganMs = 0;
  /** Last id shown, by person and place. */
  readonly #shown = new Map<string, number>();
  /** Lines that were shown while a client could not note so, by person, place and id. */
  readonly #unnoted = new Set<string>();

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  /** Now, in milliseconds of true time. */
  get nowMs(): number {
    return this.#sim.clock.monotonicNs() / 1e6;
  }

  began(): void {
    this.#beganMs = this.nowMs;
  }

  /** A line was refused without a word: only the end of the server can be the cause. */
  unread(who: string, author: number, sequence: number, text: string): void {
    const refusedMs = this.#refusedMs.get(`${author} ${sequence}`) ?? 0;
    this.#sim.count("refusals that nobody read");
    this.#sim.check(
      "kept",
      refusedMs < this.#beganMs,
      () => `nobody has told ${who} that "${brief(text)}" was refused`,
    );
  }

  /** Somebody types a line. */
  typed(who: string, text: string): void {
    const number = numberOf(text);
    const nothing = { isSafe: false, isRejected: false, isRefused: false, committed: 0 };
    this.#typed.set(text, { who, number, atMs: this.nowMs, ...nothing });
  }

  /** A client says whether a line is safe. */
  taken(text: string, isSafe: boolean): void {
    const typed = this.#typed.get(text);
    if (typed === undefined) return;
    typed.isSafe = isSafe;
    typed.isRejected = !isSafe;
    this.#sim.count(isSafe ? "lines that are safe" : "lines for which there is no room");
  }

  handed(posts: readonly Post[]): void {
    this.#sim.check("memory", posts.length <= MAX_BATCH, `${posts.length} posts at once`);
    for (const { author, sequence, text } of posts) {
      const key = `${author} ${sequence} ${text}`; // what was refused may come again
      if (!this.#handedMs.has(key)) this.#handedMs.set(key, this.nowMs);
    }
  }

  committed(write: ChatWrite, result: ChatWritten[ChatWrite["kind"]]): void {
    if (write.kind !== "append") return;
    for (const [at, post] of write.posts.entries()) {
      this.#posted(post, (result as readonly Posted[])[at] as Posted);
    }
  }

  /** A client says that all of a session up to a number is with the server, for good. @returns false when it was refused */
  acknowledged(who: string, author: number, sequence: number, text: string): boolean {
    this.#sim.count("lines acknowledged");
    const there = this.#sequences.get(`${author} ${sequence}`);
    const typed = this.#typed.get(text);
    if (there === "" && typed !== undefined) typed.isRefused = true;
    if (there === text || there === "") return there === text;
    const what = there === undefined ? "is not in the store" : `is "${brief(there)}" in the store`;
    this.#sim.fail(
      "kept",
      `"${brief(text)}" was acknowledged to ${who} as ${sequence}, and ${what}`,
    );
    return true;
  }

  /** Somebody may not speak from now on. @param timeUs when the server has noted it, by its clock */
  silenced(author: number, timeUs: number, untilUs = Infinity): void {
    const toMs = this.nowMs + 0.9 * (untilUs - timeUs) / 1000;
    this.#silences.push({ author, fromMs: this.nowMs, untilUs, toMs });
  }

  /** Somebody may be allowed to speak from now on, or sooner than was said. */
  forgiven(author: number): void {
    for (const silence of this.#silences) {
      if (silence.author === author) silence.toMs = Math.min(silence.toMs, this.nowMs);
    }
  }

  /** A line was shown to somebody. @param isFromStart they have asked for all lines of the room */
  shown(
    who: string,
    me: number,
    { line, isNoted }: Showing,
    isFromStart: boolean,
  ): void {
    const { id, text, where, flags, isMaybeSeen, author } = line;
    const isPrivate = (flags & LineFlag.Private) !== 0;
    const place = isPrivate ? `@${me}` : where;
    const there = this.places.get(place)?.[id - 1];
    this.#sim.check(
      "kept",
      there !== undefined,
      () => `${who} is shown line ${id} of ${place}, "${brief(text)}", which is not in the store`,
    );
    this.#sim.check(
      "oracle",
      there === undefined || there === text,
      () =>
        `line ${id} of ${place} is "${brief(there)}" in the store, and ${who} is shown "${
          brief(text)
        }"`,
    );
    const [from = "", to = ""] = (text.split(" ")[0] ?? "").split(">");
    this.#sim.check(
      "oracle",
      !isPrivate || from === who || to === who,
      () => `${who} is shown "${brief(text)}"`,
    );
    this.#sim.check(
      "oracle",
      author === 0 || isPrivate || to === place,
      () => `"${brief(text)}" is shown to ${who} in ${place}`,
    );
    const isFirst = (isFromStart || isPrivate) && id <= MAX_ASKED;
    if (!isNoted) this.#unnoted.add(`${who} ${place} ${id}`);
    this.#inOrder(`${who} ${place}`, id, isMaybeSeen, isFirst);
  }

  /** Whether somebody was shown all of a place. */
  hasAll(who: string, place: string): boolean {
    return (this.#shown.get(`${who} ${place}`) ?? 0) >= (this.places.get(place)?.length ?? 0);
  }

  /** How far somebody is with a place, for messages. */
  progress(who: string, place: string): string {
    const shown = this.#shown.get(`${who} ${place}`) ?? 0;
    return `${shown} of ${this.places.get(place)?.length ?? 0} lines of ${place}`;
  }

  /** Everything is over: what was safe is there, or was refused. */
  checkTyped(): void {
    for (const [text, { who, isSafe, isRefused, committed }] of this.#typed) {
      if (committed === 1) continue;
      this.#sim.check(
        "once",
        committed === 0,
        () => `"${brief(text)}" is ${committed} times in the store`,
      );
      this.#sim.check(
        "kept",
        !isSafe || isRefused,
        () => `"${brief(text)}" was safe with ${who}, and is not in the store`,
      );
    }
  }

  #posted(post: Post, posted: Posted): void {
    const { author, sequence, text, to, timeUs } = post;
    const key = `${author} ${sequence}`;
    if (posted.kind === "repeated") {
      this.#sim.count("repeats that the store refuses");
      const first = this.#sequences.get(key);
      this.#sim.check(
        "kept",
        first === text || first === "",
        () =>
          `"${brief(text)}" is refused as a repeat of "${
            brief(first)
          }": both are ${sequence} of ${author}`,
      );
      return;
    }
    if (author !== 0) this.#sequences.set(key, text);
    if (posted.kind === "nowhere") {
      this.#refusedMs.set(key, this.nowMs);
      return this.#sim.count("lines refused");
    }
    if (to.kind === "room") this.#keep(to.room, text);
    if (to.kind === "private") {
      this.#sim.count("private lines");
      this.#keep(`@${to.author}`, text);
      if (to.author !== author) this.#keep(`@${author}`, text);
    }
    const typed = this.#typed.get(text);
    if (author === 0 || typed === undefined) return;
    this.#sim.check(
      "once",
      ++typed.committed === 1,
      () => `"${brief(text)}" is in the store again, as ${sequence} of session ${author}`,
    );
    const { who, number } = typed;
    const last = this.#lastOf.get(who) ?? 0;
    this.#sim.check(
      "order",
      number > last || typed.committed > 1,
      () => `"${brief(text)}" of ${who} is in the store after their line ${last}`,
    );
    this.#lastOf.set(who, Math.max(last, number));
    const handedMs = this.#handedMs.get(`${key} ${text}`) ?? this.nowMs;
    for (const silence of this.#silences) {
      if (timeUs >= silence.untilUs) silence.toMs = Math.min(silence.toMs, handedMs);
      const wasTyped = silence.author === author && typed.atMs > silence.fromMs;
      if (!wasTyped || handedMs >= silence.toMs) continue;
      this.#sim.fail("oracle", `"${brief(text)}" was said by ${who}, who was not allowed to speak`);
    }
  }

  #keep(place: string, text: string): void {
    const texts = this.places.get(place);
    if (texts === undefined) this.places.set(place, [text]);
    else texts.push(text);
  }

  #inOrder(key: string, id: number, isMaybeSeen: boolean, isFromStart: boolean): void {
    const known = this.#shown.get(key);
    const last = known ?? (isFromStart ? 0 : id - 1);
    if (isMaybeSeen) {
      this.#sim.count(id <= last ? "lines shown again, marked" : "marks for nothing");
    }
    const isKnownOnce = !isMaybeSeen && !this.#unnoted.has(`${key} ${id}`);
    this.#sim.check(
      "once",
      id > last || !isKnownOnce,
      () => `${key}: line ${id} is shown again without a mark; ${last} was the last one`,
    );
    this.#sim.check("kept", id <= last + 1, () => `${key}: line ${id} is shown after ${last}`);
    this.#shown.set(key, Math.max(last, id));
    this.#sim.count("lines shown");
  }
}

/** The how manyth line of somebody a text is. */
function numberOf(text: string): number {
  return Number(text.split(" ")[1] ?? "0");
}

/** A text without most of its padding. */
function brief(text: string | undefined): string {
  return text === undefined || text.length <= 40 ? `${text}` : `${text.slice(0, 40)}…`;
}
