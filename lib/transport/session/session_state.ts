import type { Secret } from "../proofs.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxOptions } from "./outbox_types.ts";

/** A session as a client keeps it. */
export interface StoredSession {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** 32 secret bytes. */
  readonly cookie: Secret;
}

/** What becomes of unacknowledged entries when a new session begins. */
export type CarryOver = "renumber" | "discard";

/** What a client keeps of its session: in memory, or in a file that outlives it. */
export interface SessionState<T> {
  /** The session to resume; `undefined` when a new one is to be opened. */
  readonly session: StoredSession | undefined;
  /** What is not acknowledged. To be read and sent from; whoever adds does so here. */
  readonly outbox: Outbox<T>;
  /** Called when entries can be sent that could not before. */
  onSendable: (() => void) | undefined;
  /** Adds an entry. @returns its number, or `undefined` when there is no room */
  add(value: T): number | undefined;
  /** Forgets what the server has acknowledged. @throws {LineError} as `Outbox.acknowledged` does */
  acknowledged(upTo: number): number;
  /** Begins a new session; kept when it resolves. @throws {Error} when it could not be kept */
  begin(session: StoredSession | undefined, entries: CarryOver): Promise<void>;
}

/** A client's session in memory: it ends with the process. */
export class MemoryState<T> implements SessionState<T> {
  readonly outbox: Outbox<T>;
  onSendable: (() => void) | undefined;
  readonly #bytesOf: (value: T) => number;
  #session: StoredSession | undefined;

  /** Nothing yet. @param bytesOf what an entry counts against `maxBytes` */
  constructor(options: OutboxOptions = {}, bytesOf: (value: T) => number = () => 0) {
    this.outbox = new Outbox({ ...options, holdsBack: false });
    this.#bytesOf = bytesOf;
  }

  get session(): StoredSession | undefined {
    return this.#session;
  }

  add(value: T): number | undefined {
    const sequence = this.outbox.add(value, this.#bytesOf(value));
    if (sequence !== undefined) this.onSendable?.();
    return sequence;
  }

  acknowledged(upTo: number): number {
    return this.outbox.acknowledged(upTo);
  }

  begin(session: StoredSession | undefined, entries: CarryOver): Promise<void> {
    this.outbox[entries]();
    this.#session = session;
    return Promise.resolve();
  }
}
