import type { Clock, Timer } from "../../clock/clock.ts";
import type { ChatStore, Post, Posted } from "../store/chat_store.ts";
import type { Guest } from "./guest.ts";

/** Most posts that go to the store at once, and to the members as one. */
const MAX_BATCH_POSTS = 256;

/** Most letters of them: what is sent to everybody at once must fit their lanes many times. */
const MAX_BATCH_LETTERS = 256 * 1024;

/** Most letters that wait while the store takes nothing. */
const MAX_WAITING_LETTERS = 64 * 1024 * 1024;

/** How long to wait until the store is tried again, in milliseconds. */
const RETRY_MS = 1000;

/** A post on its way into the store. */
export interface Entry {
  readonly post: Post;
  /** Who said it; missing for the server's own. */
  readonly guest?: Guest | undefined;
  /** Why it goes nowhere. */
  readonly refusal?: { readonly code: string; readonly message: string } | undefined;
}

/** What a {@linkcode PostQueue} works with. */
export interface PostQueueParts {
  readonly store: Pick<ChatStore, "append">;
  readonly clock: Clock;
  /** Told in order what is committed. */
  readonly onCommitted: (entries: readonly Entry[], posted: readonly Posted[]) => void;
  /** Told when the store takes nothing; not again before it has healed. */
  readonly onFailure: (error: unknown) => void;
  readonly onHealed: () => void;
}

/**
 * The way into the store: in order, and one append at a time, so that nothing can overtake what failed.
 * What comes while one is under way goes together with the next.
 */
export class PostQueue implements Disposable {
  /** The store takes nothing at the moment. */
  isFailing = false;
  readonly #parts: PostQueueParts;
  #waiting: Entry[] = [];
  #waitingLetters = 0;
  #inFlight = 0;
  #isScheduled = false;
  #timer: Timer | undefined;
  #isStopped = false;
  readonly #idle: (() => void)[] = [];

  constructor(parts: PostQueueParts) {
    this.#parts = parts;
  }

  /** Posts that are not committed. */
  get size(): number {
    return this.#waiting.length + this.#inFlight;
  }

  /** More is not to be taken. */
  get isFull(): boolean {
    return this.#waitingLetters > MAX_WAITING_LETTERS;
  }

  /** Adds a post. */
  add(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingLetters += entry.post.text.length;
    if (entry.guest !== undefined) entry.guest.uncommitted++;
    this.#schedule();
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Hands nothing more to the store. */
  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** All that is said in one turn goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight > 0 || this.#timer !== undefined) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (!this.#isStopped) this.#append();
    });
  }

  #append(): void {
    const entries = this.#take();
    if (entries.length === 0) return;
    this.#inFlight = entries.length;
    this.#parts.store.append(entries.map(({ post }) => post)).then(
      (posted) => this.#onCommitted(entries, posted),
      (error) => this.#onFailure(entries, error),
    );
  }

  #take(): Entry[] {
    let count = 0;
    let letters = 0;
    for (const { post: { text } } of this.#waiting) {
      if (count === MAX_BATCH_POSTS || (count > 0 && letters + text.length > MAX_BATCH_LETTERS)) {
        break;
      }
      letters += text.length;
      count++;
    }
    this.#waitingLetters -= letters;
    if (count < this.#waiting.length) return this.#waiting.splice(0, count);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  #onCommitted(entries: readonly Entry[], posted: readonly Posted[]): void {
    this.#inFlight = 0;
    if (this.isFailing) {
      this.isFailing = false;
      this.#parts.onHealed();
    }
    for (const { guest } of entries) if (guest !== undefined) guest.uncommitted--;
    try {
      this.#parts.onCommitted(entries, posted);
    } finally {
      if (this.#waiting.length > 0) this.#schedule();
      else for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #onFailure(entries: Entry[], error: unknown): void {
    this.#inFlight = 0;
    this.#waiting = entries.concat(this.#waiting);
    for (const { post: { text } } of entries) this.#waitingLetters += text.length;
    if (!this.isFailing) {
      this.isFailing = true;
      this.#parts.onFailure(error);
    }
    if (this.#isStopped) return;
    this.#timer = this.#parts.clock.after(RETRY_MS, () => {
      this.#timer = undefined;
      this.#append();
    });
  }
}
