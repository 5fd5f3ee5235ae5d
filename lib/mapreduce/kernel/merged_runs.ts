import { compareBytes } from "./compare_bytes.ts";
import { keyPrefix, PREFIX_BYTES } from "./key_prefix.ts";
import type { SyncRunCursor } from "./run_cursor.ts";

/** Larger than every prefix: a run that has ended. */
const ENDED = Infinity;

/** Several runs as one, by a tree of losers (Knuth, The Art of Computer Programming 3, 5.4.1). */
export class MergedRuns implements SyncRunCursor {
  bytes: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  readonly #cursors: readonly SyncRunCursor[];
  /** The first bytes of each run's key as a number, `ENDED` at its end. */
  readonly #prefixes: Float64Array;
  /** The losers of the inner nodes 1 … n-1; at 0 stands the winner. */
  readonly #tree: Int32Array;
  #isStarted = false;

  constructor(cursors: readonly SyncRunCursor[]) {
    this.#cursors = cursors;
    this.#prefixes = new Float64Array(cursors.length).fill(ENDED);
    this.#tree = new Int32Array(cursors.length);
  }

  next(): boolean {
    const winner = this.#tree[0];
    if (winner === undefined || !this.#isStarted) return false;
    if (this.#prefixes[winner] === ENDED || !(this.#cursors[winner] as SyncRunCursor).next()) {
      return false;
    }
    this.#took(winner, true);
    return this.#show();
  }

  load(): boolean {
    const winner = this.#tree[0];
    if (winner === undefined) return false;
    if (!this.#isStarted) return this.#start();
    if (this.#prefixes[winner] === ENDED) return false;
    this.#took(winner, (this.#cursors[winner] as SyncRunCursor).load());
    return this.#show();
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close();
    this.#prefixes.fill(ENDED);
  }

  /** Goes to the first entry of each run, then builds the tree. */
  #start(): boolean {
    for (const [run, cursor] of this.#cursors.entries()) {
      this.#setPrefix(run, cursor.next() || cursor.load());
    }
    this.#isStarted = true;
    if (this.#cursors.length > 1) this.#tree[0] = this.#play(1);
    return this.#show();
  }

  #play(node: number): number {
    const count = this.#cursors.length;
    if (node >= count) return node - count;
    const left = this.#play(2 * node);
    const right = this.#play(2 * node + 1);
    const isLeft = this.#isBefore(left, right);
    this.#tree[node] = isLeft ? right : left;
    return isLeft ? left : right;
  }

  /** The winner's run went on, or ended: it plays again, from its leaf up. */
  #took(run: number, has: boolean): void {
    this.#setPrefix(run, has);
    const tree = this.#tree;
    let winner = run;
    for (let node = (run + tree.length) >> 1; node > 0; node >>= 1) {
      const other = tree[node] as number;
      if (this.#isBefore(other, winner)) {
        tree[node] = winner;
        winner = other;
      }
    }
    tree[0] = winner;
  }

  #setPrefix(run: number, has: boolean): void {
    const cursor = this.#cursors[run] as SyncRunCursor;
    if (!has) cursor.close();
    this.#prefixes[run] = has ? keyPrefix(cursor.bytes, cursor.keyStart, cursor.keyEnd) : ENDED;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = (this.#prefixes[a] as number) - (this.#prefixes[b] as number);
    if (difference < 0) return true;
    // Infinity minus itself is NaN: two that have ended.
    if (difference !== 0) return false;
    const left = this.#cursors[a] as SyncRunCursor;
    if (left.keyEnd - left.keyStart <= PREFIX_BYTES) return a < b;
    const right = this.#cursors[b] as SyncRunCursor;
    const order = compareBytes(
      left.bytes,
      left.keyStart,
      left.keyEnd,
      right.bytes,
      right.keyStart,
      right.keyEnd,
    );
    return order !== 0 ? order < 0 : a < b;
  }

  #show(): boolean {
    const winner = this.#tree[0] as number;
    if (this.#prefixes[winner] === ENDED) return false;
    const cursor = this.#cursors[winner] as SyncRunCursor;
    this.bytes = cursor.bytes;
    this.keyStart = cursor.keyStart;
    this.keyEnd = cursor.keyEnd;
    this.valueStart = cursor.valueStart;
    this.valueEnd = cursor.valueEnd;
    return true;
  }
}
