import { LineError, LineErrorCode } from "../line_error.ts";
import { EntryRing } from "./entry_ring.ts";
import type { OutboxCounters, OutboxEntry, OutboxOptions, WhenOutboxFull } from "./outbox_types.ts";

/**
 * What a client has to say in a session and the server has not acknowledged yet: entries numbered
 * 1, 2, 3 … in the order in which they were added. A number belongs to its entry for good; numbers of
 * entries that were dropped or skipped are never used again, so the server sees gaps where something
 * is lost. Takes no time and knows no sockets. Adding, sending and acknowledging take constant time.
 *
 * A cursor stands before the first entry that was not sent on the present connection: `peek`
 * looks at what follows it, `advance` moves it on, `resumeFrom` puts it back.
 */
export class Outbox<T> {
  /** Most entries. */
  readonly maxEntries: number;
  /** Most bytes. */
  readonly maxBytes: number;
  /** What happens to an entry that finds no room. */
  readonly whenFull: WhenOutboxFull;
  readonly #holdsBack: boolean;
  readonly #ring = new EntryRing<T>();
  /** Entries, from the oldest, that were sent on this connection. */
  #sent = 0;
  /** Entries, from the oldest, that may be sent. */
  #free = 0;
  // Numbers inside count on for ever; a session's own are less by what was over before it.
  #base = 0;
  #last = 0;
  #acknowledged = 0;
  #sentLast = 0;
  #dropped = 0;
  #skipped = 0;
  #refused = 0;

  /** An empty outbox. @throws {RangeError} when a limit is not positive */
  constructor(options: OutboxOptions = {}) {
    this.maxEntries = options.maxEntries ?? 100_000;
    this.maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
    this.whenFull = options.whenFull ?? "refuse";
    this.#holdsBack = options.holdsBack ?? false;
    if (!(this.maxEntries >= 1 && this.maxBytes >= 1)) {
      throw new RangeError("Cannot make an outbox: maxEntries and maxBytes must be at least 1");
    }
  }

  /** Entries that are not acknowledged. */
  get size(): number {
    return this.#ring.size;
  }

  /** Bytes of these entries. */
  get bytes(): number {
    return this.#ring.bytes;
  }

  /** Entries that may be sent and were not, on this connection. */
  get unsent(): number {
    return Math.max(0, this.#free - this.#sent);
  }

  /** Everything up to this number is acknowledged; 0 at the start. */
  get acknowledgedSequence(): number {
    return this.#acknowledged - this.#base;
  }

  /** The number that was given last, to an entry or to a gap; 0 at the start. */
  get lastSequence(): number {
    return this.#last - this.#base;
  }

  /** The highest number that may have been sent in this session. */
  get sentSequence(): number {
    return this.#sentLast - this.#base;
  }

  /** Entries that were dropped to make room, ever. Some may have reached the server all the same. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Numbers that were left out by {@linkcode skip}, ever. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Entries that found no room and got no number, ever. */
  get refused(): number {
    return this.#refused;
  }

  /** What a store keeps of it, besides the entries. */
  get counters(): OutboxCounters {
    return {
      acknowledged: this.acknowledgedSequence,
      last: this.lastSequence,
      dropped: this.#dropped,
      skipped: this.#skipped,
    };
  }

  /**
   * Adds an entry.
   *
   * @param bytes what it counts against the limit
   * @returns its number, or `undefined` when there is no room: it was not added and has no number
   */
  add(value: T, bytes = 0): number | undefined {
    const makesRoom = this.whenFull === "drop-oldest" && bytes <= this.maxBytes;
    while (this.#ring.size >= this.maxEntries || this.#ring.bytes + bytes > this.maxBytes) {
      if (!makesRoom) {
        this.#refused++;
        return undefined;
      }
      this.#removeOldest();
      this.#dropped++;
    }
    this.#push(this.#next(1), value, bytes);
    if (!this.#holdsBack) this.#free = this.#ring.size;
    return this.lastSequence;
  }

  /** Leaves out numbers: for what is lost before it could be added. */
  skip(count = 1): void {
    this.#last = this.#next(count);
    this.#skipped += count;
  }

  /** Lets entries up to `sequence` be sent, of an outbox that holds them back. */
  release(sequence: number): void {
    while (this.#free < this.#ring.size && this.#numberAt(this.#free) <= sequence) this.#free++;
  }

  /** The entry `offset` places after the cursor, or `undefined` where none may be sent. */
  peek(offset = 0): T | undefined {
    return offset < this.unsent ? this.#ring.valueAt(this.#sent + offset) : undefined;
  }

  /** The number of that entry, or `undefined` where none may be sent. */
  peekSequence(offset = 0): number | undefined {
    return offset < this.unsent ? this.#numberAt(this.#sent + offset) : undefined;
  }

  /** Moves the cursor: `count` more entries were sent. @throws {RangeError} when there are not so many */
  advance(count = 1): void {
    if (!(count >= 0 && count <= this.unsent)) {
      throw new RangeError(`Cannot have sent ${count} entries: ${this.unsent} were to be sent`);
    }
    this.#sent += count;
    if (this.#sent === 0) return;
    this.#sentLast = Math.max(this.#sentLast, this.#numberAt(this.#sent - 1) + this.#base);
  }

  /**
   * Forgets what the server has acknowledged.
   *
   * @returns how many entries that were
   * @throws {LineError} `bad-message` when it acknowledges what was never sent
   */
  acknowledged(upTo: number): number {
    if (upTo > this.sentSequence) {
      throw new LineError(
        LineErrorCode.BadMessage,
        `Cannot take an acknowledgement of ${upTo}: sent up to ${this.sentSequence}`,
      );
    }
    this.#acknowledged = Math.max(this.#acknowledged, upTo + this.#base);
    return this.#removeUpTo(upTo);
  }

  /**
   * Begins with a new connection of the same session: what the server has is forgotten, and the
   * cursor stands before the rest.
   *
   * @param highestSequence what WELCOME said
   * @returns false when the server has more than was ever sent from here: these are not the entries
   * that it knows (an old copy of a file, say), numbers would be used twice, and the session must not
   * be used. Nothing is changed then.
   */
  resumeFrom(highestSequence: number | bigint): boolean {
    if (highestSequence > this.sentSequence) return false;
    this.acknowledged(Number(highestSequence));
    this.#sent = 0;
    return true;
  }

  /**
   * Begins a new session: what follows the last acknowledged number is numbered 1, 2, 3 …, with the
   * gaps that it had, and is to be sent.
   */
  renumber(): void {
    this.#base = this.#acknowledged;
    this.#sentLast = this.#acknowledged;
    this.#sent = 0;
  }

  /** Begins a new session with nothing in it. @returns how many entries were given up */
  discard(): number {
    const count = this.#ring.size;
    this.#removeUpTo(this.lastSequence);
    this.#dropped += count;
    this.#acknowledged = this.#last;
    this.renumber();
    return count;
  }

  /** All entries, oldest first. It must not change meanwhile. */
  *entries(): IterableIterator<OutboxEntry<T>> {
    for (let at = 0; at < this.#ring.size; at++) {
      const value = this.#ring.valueAt(at) as T;
      yield { sequence: this.#numberAt(at), value, bytes: this.#ring.bytesAt(at) };
    }
  }

  /**
   * For stores: an entry as it was, whatever the limits. It may have been sent before.
   *
   * @throws {RangeError} when the number is not above the last one
   */
  reload(sequence: number, value: T, bytes: number): void {
    if (!(sequence > this.lastSequence)) {
      throw new RangeError(`Cannot load entry ${sequence} after ${this.lastSequence}`);
    }
    this.#push(sequence + this.#base, value, bytes);
    this.#free = this.#ring.size;
    this.#sentLast = this.#last;
  }

  /** For stores: entries up to `sequence` were dropped to make room. */
  reloadDropped(sequence: number): void {
    this.#dropped += this.#removeUpTo(sequence);
  }

  /** For stores: numbers as they were. */
  reloadCounters({ acknowledged, last, dropped, skipped }: OutboxCounters): void {
    this.#acknowledged = acknowledged + this.#base;
    this.#last = Math.max(this.#last, last + this.#base);
    this.#sentLast = this.#last;
    this.#dropped = dropped;
    this.#skipped = skipped;
  }

  #next(count: number): number {
    const number = this.#last + count;
    if (Number.isSafeInteger(number) && count >= 1) return number;
    throw new RangeError(`Cannot give ${count} numbers after ${this.lastSequence}`);
  }

  #numberAt(at: number): number {
    return this.#ring.numberAt(at) - this.#base;
  }

  #push(number: number, value: T, bytes: number): void {
    this.#ring.push(number, value, bytes);
    this.#last = number;
  }

  #removeOldest(): void {
    this.#ring.shift();
    if (this.#sent > 0) this.#sent--;
    if (this.#free > 0) this.#free--;
  }

  #removeUpTo(sequence: number): number {
    let count = 0;
    while (this.#ring.size > 0 && this.#numberAt(0) <= sequence) {
      this.#removeOldest();
      count++;
    }
    return count;
  }
}
