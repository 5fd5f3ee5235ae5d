// @ts-types="../../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import { Outbox } from "./outbox.ts";
import type { OutboxOptions } from "./outbox_types.ts";
import type { CarryOver, SessionState, StoredSession } from "./session_state.ts";
import {
  countersRecord,
  type EntryCodec,
  noteRecord,
  readState,
  type StateDamage,
  writeState,
} from "./state_content.ts";
import type { LockedFile, StateFiles } from "./state_files.ts";
import { checkEntry, encodeRecord, RECORD_HEAD_BYTES, RecordKind } from "./state_record.ts";

/** A file is not made smaller below this size. */
const LEAST_COMPACTED_BYTES = 64 * 1024;

/** What an entry must outlive before it may be sent. */
export type Durability = "process" | "machine";

/** Options of a {@linkcode StateFile}. */
export interface StateFileOptions<T> extends Omit<OutboxOptions, "holdsBack"> {
  /** How entries become bytes. */
  readonly codec: EntryCodec<T>;
  /**
   * What an entry must outlive before it may be sent. `machine`: a loss of power, so it is on the
   * disk (`fsync`). `process`: a kill of the process, so it is written. The latter spares the disk;
   * but after a loss of power the client may give numbers again that a server that is still busy with
   * the old ones has seen, and then takes what is new for a repeat.
   * @default {"machine"}
   */
  readonly durability?: Durability;
  /** Told when a write in the background fails; the next `add` or `sync` tries again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** What was wrong with a file when it was opened. */
export interface StateFileDamage extends StateDamage {
  /** Where the bytes that could not be used are kept; `undefined` for a torn end. */
  readonly keptAt: string | undefined;
}

/**
 * A client's session in a file: cookie, session id, outbox, and the notes of a service. It is
 * appended to, and written anew when most of it is acknowledged.
 *
 * 1. `add` does not wait. Entries of one turn are written together; they can be sent when they are on
 *    the disk (or written: `durability`). So no number that a server has seen is given twice.
 * 2. `sync` resolves when everything that was added or noted before is on the disk. Calls share one
 *    `fsync`.
 * 3. Acknowledgements are written with whatever is written next: one that is lost costs a repeat.
 * 4. When a write fails nothing is forgotten: the next one writes the whole file anew.
 */
export class StateFile<T> implements SessionState<T>, AsyncDisposable {
  readonly outbox: Outbox<T>;
  /** What was wrong with the file when it was opened. */
  readonly damage: StateFileDamage | undefined;
  onSendable: (() => void) | undefined;
  readonly #file: LockedFile;
  readonly #options: StateFileOptions<T>;
  readonly #notes: Map<string, string>;
  #session: StoredSession | undefined;
  #pending: Uint8Array[] = [];
  #fileBytes: number;
  /** Bytes of the file that are no entries, when it was last written anew. */
  #fixedBytes = 0;
  #writtenAcknowledged: number;
  #mustRewrite: boolean;
  /** Something was written since the last `fsync`, by this process or the one before it. */
  #isUnsynced = true;
  #waiters: PromiseWithResolvers<void>[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Opens a file, or makes it. A torn end is cut off; where the middle is damaged, what is before it
   * is kept and the rest is put aside.
   *
   * @returns `undefined` when another process has it
   * @throws {Error} one line: it cannot be read, others may read it, it is something else, or newer
   */
  static async open<T>(
    files: StateFiles,
    path: string,
    options: StateFileOptions<T>,
  ): Promise<StateFile<T> | undefined> {
    const file = await files.open(path);
    if (file === undefined) return undefined;
    try {
      const bytes = await file.read();
      const outbox = new Outbox<T>({ ...options, holdsBack: true });
      const content = explain(path, () => readState(bytes, outbox, options.codec));
      const { damage } = content;
      const keptAt = damage?.kind === "damaged"
        ? await file.setAside(bytes.slice(damage.goodBytes))
        : undefined;
      // What a process that was killed had written may be sent now, and is not on the disk yet.
      if (options.durability !== "process") await file.sync();
      return new StateFile(file, options, outbox, bytes.length, {
        ...content,
        damage: damage && { ...damage, keptAt },
      });
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(
    file: LockedFile,
    options: StateFileOptions<T>,
    outbox: Outbox<T>,
    fileBytes: number,
    { session, notes, damage }: {
      readonly session: StoredSession | undefined;
      readonly notes: Map<string, string>;
      readonly damage: StateFileDamage | undefined;
    },
  ) {
    this.#file = file;
    this.#options = options;
    this.outbox = outbox;
    this.damage = damage;
    this.#session = session;
    this.#notes = notes;
    this.#fileBytes = fileBytes;
    this.#writtenAcknowledged = outbox.acknowledgedSequence;
    this.#mustRewrite = fileBytes === 0 || damage !== undefined;
  }

  get session(): StoredSession | undefined {
    return this.#session;
  }

  /** What a service has noted, such as the last ids that it has seen. */
  get notes(): ReadonlyMap<string, string> {
    return this.#notes;
  }

  add(value: T): number | undefined {
    this.#checkOpen();
    const bytes = this.#options.codec.encode(value);
    checkEntry(bytes); // before it has a number
    const { dropped } = this.outbox;
    const sequence = this.outbox.add(value, RECORD_HEAD_BYTES + 8 + bytes.length);
    if (this.outbox.dropped !== dropped) this.#noteDropped(sequence);
    if (sequence === undefined) return undefined;
    this.#pending.push(encodeRecord(RecordKind.Entry, [sequence], bytes));
    this.#start();
    return sequence;
  }

  /** Leaves out numbers: for what is lost before it could be added. */
  skip(count = 1): void {
    this.#checkOpen();
    this.outbox.skip(count);
    this.#pending.push(countersRecord(this.outbox));
    this.#start();
  }

  acknowledged(upTo: number): number {
    const count = this.outbox.acknowledged(upTo);
    if (count > 0 && this.#isMostlyDead() && !this.#isClosed) this.#start();
    return count;
  }

  /** Notes something under a name; written soon, durable after `sync`. */
  note(name: string, value: string): void {
    this.#checkOpen();
    if (this.#notes.get(name) === value) return;
    this.#notes.set(name, value);
    this.#pending.push(noteRecord(name, value));
    this.#start();
  }

  async begin(session: StoredSession | undefined, entries: CarryOver): Promise<void> {
    this.#checkOpen();
    this.outbox[entries]();
    this.#session = session;
    this.#writtenAcknowledged = 0;
    this.#mustRewrite = true; // all numbers are others now: all or nothing
    await this.sync();
  }

  /** Resolves when everything so far would outlive a loss of power. @throws {Error} when it cannot */
  sync(): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    const waiter = Promise.withResolvers<void>();
    this.#waiters.push(waiter);
    this.#start();
    return waiter.promise;
  }

  /** Writes what is not written, and lets go of the file. @throws {Error} when it cannot be written */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const kept = this.sync();
    this.#isClosed = true;
    try {
      await kept;
    } finally {
      await this.#running;
      await this.#file[Symbol.asyncDispose]();
    }
  }

  /** As {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  #noteDropped(added: number | undefined): void {
    const oldest = this.outbox.entries().next().value?.sequence ?? (added ?? 1);
    this.#pending.push(encodeRecord(RecordKind.Dropped, [oldest - 1]));
  }

  #isMostlyDead(): boolean {
    const liveBytes = this.outbox.bytes + this.#fixedBytes;
    return this.#fileBytes > LEAST_COMPACTED_BYTES && liveBytes * 2 < this.#fileBytes;
  }

  /** Begins to write at the end of this turn, unless that is going on. */
  #start(): void {
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#hasWork()) {
      const waiters = this.#waiters.splice(0);
      try {
        await this.#writeOnce(waiters.length > 0);
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        this.#mustRewrite = true; // what was half written, or not synced, cannot be relied on
        for (const waiter of waiters) waiter.reject(error);
        if (waiters.length === 0) this.#options.onTrouble?.(error);
        if (this.#waiters.length === 0) break;
      }
    }
    this.#running = undefined;
  }

  #hasWork(): boolean {
    return this.#pending.length > 0 || this.#waiters.length > 0 || this.#isMostlyDead();
  }

  async #writeOnce(isSyncWanted: boolean): Promise<void> {
    const { outbox } = this;
    const { lastSequence: last, acknowledgedSequence } = outbox;
    const parts = this.#pending;
    this.#pending = []; // a file that is written anew holds it all
    if (this.#mustRewrite || this.#isMostlyDead()) {
      const content = { session: this.#session, notes: this.#notes };
      const bytes = writeState(content, outbox, this.#options.codec);
      const fixedBytes = bytes.length - outbox.bytes;
      this.#mustRewrite = false;
      await this.#file.replace(bytes);
      this.#fileBytes = bytes.length;
      this.#fixedBytes = fixedBytes;
      this.#isUnsynced = false;
    } else {
      if (acknowledgedSequence > this.#writtenAcknowledged) {
        parts.push(encodeRecord(RecordKind.Acknowledged, [acknowledgedSequence]));
      }
      if (parts.length > 0) {
        this.#isUnsynced = true;
        const bytes = concat(parts);
        await this.#file.append(bytes);
        this.#fileBytes += bytes.length;
      }
      if (this.#isUnsynced && (isSyncWanted || this.#options.durability !== "process")) {
        this.#isUnsynced = false;
        await this.#file.sync();
      }
    }
    // A session that began meanwhile has other numbers, and a write of its own to come.
    if (this.#mustRewrite) return;
    this.#writtenAcknowledged = acknowledgedSequence;
    outbox.release(last);
    if (outbox.unsent > 0) this.onSendable?.();
  }
}

const closedError = () => new Error("Cannot use the session state: it is closed");

function explain<R>(path: string, run: () => R): R {
  try {
    return run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot use ${path}: ${why}`, { cause: error });
  }
}
