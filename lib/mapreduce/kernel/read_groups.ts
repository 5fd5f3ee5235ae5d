import { compareBytes } from "./compare_bytes.ts";
import type { RunCursor } from "./run_cursor.ts";

/** A key and its values. */
export interface Group {
  /** The key, in memory of its own. */
  readonly key: Uint8Array;
  /** The values, each in memory of its own, to be read once and before the next group. */
  readonly values: AsyncIterable<Uint8Array>;
}

/**
 * Reads the entries of equal keys as groups; values that were not read are skipped. The cursor is
 * closed at the end. Sums of counts are quicker by {@linkcode KeySums}.
 */
export async function* readGroups(cursor: RunCursor): AsyncGenerator<Group, void, void> {
  let key: Uint8Array = new Uint8Array(0);
  let hasEntry = false;
  let isSame = false;

  async function step(): Promise<void> {
    hasEntry = cursor.next() || await cursor.load();
    isSame = hasEntry &&
      compareBytes(cursor.bytes, cursor.keyStart, cursor.keyEnd, key, 0, key.length) === 0;
  }

  async function* values(of: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
    while (isSame && of === key) {
      const value = cursor.bytes.slice(cursor.valueStart, cursor.valueEnd);
      await step();
      yield value;
    }
  }

  try {
    await step();
    while (hasEntry) {
      key = cursor.bytes.slice(cursor.keyStart, cursor.keyEnd);
      isSame = true;
      yield { key, values: values(key) };
      while (isSame) await step();
    }
  } finally {
    cursor.close();
  }
}
