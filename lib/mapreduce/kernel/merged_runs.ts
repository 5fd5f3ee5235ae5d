import { compareBytes } from "./compare_bytes.ts";
import { keyPrefix } from "./key_prefix.ts";
import type { RunCursor } from "./run_cursor.ts";

/** Larger than every prefix: a run that has ended. */
const ENDED = Infinity;

/** Several runs as one, by a tree of losers (Knuth, The Art of Computer Programming 3, 5.4.1). */
export class MergedRuns implements RunCursor {
  bytes: Uint8Array = new Uint8Array(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  readonly #cursors: readonly RunCursor[];
  /** The first bytes of each run's key as a number, `ENDED` at its end. */
  readonly #prefixes: Float64Array;
  /** The losers of the inner nodes 1 … n-1; at 0 stands the winner. */
  readonly #tree: Int32Array;
  #isStarted = false;

  constructor(cursors: readonly RunCursor[]) {
    this.#cursors = cursors;
    this.#prefixes = new Float64Array(cursors.length).fill(ENDED);
    this.#tree = new Int32Array(cursors.length);
  }

  next(): boolean {
    const winner = this.#tree[0];
    if (winner === undefined || !this.#isStarted) return false;
    if (this.#prefixes[winner] === ENDED || !(this.#cursors[winner] as RunCursor).next()) {
      return false;
    }
    this.#took(winner, true);
    return this.#show();
  }

  load(): boolean | Promise<boolean> {
    const winner = this.#tree[0];
    if (winner === undefined) return false;
    if (!this.#isStarted) return this.#start(0);
    if (this.#prefixes[winner] === ENDED) return false;
    const loaded = (this.#cursors[winner] as RunCursor).load();
    if (typeof loaded !== "boolean") return loaded.then((has) => this.#loaded(winner, has));
    return this.#loaded(winner, loaded);
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close();
    this.#prefixes.fill(ENDED);
  }

  #loaded(winner: number, has: boolean): boolean {
    this.#took(winner, has);
    return this.#show();
  }

  /** Goes to the first entry of each run from `first` on, then builds the tree. */
  #start(first: number): boolean | Promise<boolean> {
    for (let run = first; run < this.#cursors.length; run++) {
      const cursor = this.#cursors[run] as RunCursor;
      const has = cursor.next() || cursor.load();
      if (typeof has !== "boolean") {
        return has.then((isThere) => {
          this.#setPrefix(run, isThere);
          return this.#start(run + 1);
        });
      }
      this.#setPrefix(run, has);
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
    const cursor = this.#cursors[run] as RunCursor;
    if (!has) cursor.close();
    this.#prefixes[run] = has ? keyPrefix(cursor.bytes, cursor.keyStart, cursor.keyEnd) : ENDED;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = (this.#prefixes[a] as number) - (this.#prefixes[b] as number);
    if (difference < 0) return true;
    // Infinity minus itself is NaN: two that have ended.
    if (difference !== 0) return false;
    const left = this.#cursors[a] as RunCursor;
    const right = this.#cursors[b] as RunCursor;
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
    const cursor = this.#cursors[winner] as RunCursor;
    this.bytes = cursor.bytes;
    this.keyStart = cursor.keyStart;
    this.keyEnd = cursor.keyEnd;
    this.valueStart = cursor.valueStart;
    this.valueEnd = cursor.valueEnd;
    return true;
  }
}
