import type { Folder } from "../engine/folder.ts";

/** A line of the output whose value is a count. */
export interface TopCount {
  /** As it stands in the output. */
  readonly key: string;
  readonly count: number;
}

const TAB = 0x09;
const LF = 0x0a;
const READ_BYTES = 1024 * 1024;

/**
 * The lines of the output with the largest counts, largest first; of equal ones, that whose key comes
 * first. Lines without a count are passed over.
 *
 * @throws {FolderError}
 */
export async function topCounts(
  folder: Folder,
  names: readonly string[],
  most: number,
): Promise<readonly TopCount[]> {
  const best = new Best(most);
  for (const name of names) {
    const reader = await folder.open(name);
    if (reader === undefined) continue;
    try {
      let rest = new Uint8Array(0);
      for (let at = 0; at < reader.size; at += READ_BYTES) {
        const part = await reader.read(at, READ_BYTES);
        const bytes = new Uint8Array(rest.length + part.length);
        bytes.set(rest);
        bytes.set(part, rest.length);
        const end = bytes.lastIndexOf(LF) + 1;
        scan(bytes.subarray(0, end), best);
        rest = bytes.slice(end);
      }
    } finally {
      reader.close();
    }
  }
  return best.take();
}

/** Whole lines. */
function scan(bytes: Uint8Array, best: Best): void {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(LF, at);
    const tab = bytes.indexOf(TAB, at);
    const count = tab < 0 || tab > end ? undefined : countAt(bytes, tab + 1, end);
    if (count !== undefined) best.add(bytes, at, tab, count);
    at = end + 1;
  }
}

function countAt(bytes: Uint8Array, start: number, end: number): number | undefined {
  let count = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return start === end ? undefined : count;
}

interface Kept {
  readonly key: Uint8Array;
  readonly count: number;
}

/** Keeps twice as many as are wanted, so that it seldom sorts. */
class Best {
  readonly #most: number;
  #kept: Kept[] = [];
  /** Below it nothing is wanted. */
  #least = -1;

  constructor(most: number) {
    this.#most = most;
  }

  add(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (count < this.#least) return;
    this.#kept.push({ key: bytes.slice(start, end), count });
    if (this.#kept.length >= 2 * this.#most + 16) this.#cut();
  }

  take(): readonly TopCount[] {
    this.#cut();
    const decoder = new TextDecoder();
    return this.#kept.map(({ key, count }) => ({ key: decoder.decode(key), count }));
  }

  #cut(): void {
    this.#kept.sort((a, b) => b.count - a.count || compare(a.key, b.key));
    this.#kept = this.#kept.slice(0, this.#most);
    if (this.#kept.length === this.#most) this.#least = this.#kept.at(-1)?.count ?? -1;
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
