/** The reducers that need no code of a job's own. */
import { MAX_COUNT_DIGITS, writeCount } from "../kernel/count_value.ts";
import { KeySums } from "../kernel/key_sums.ts";
import type { RunCursor } from "../kernel/run_cursor.ts";
import type { ReduceEmit, StepReport, TaskSigns } from "./running_job.ts";

/** A sign of life is given after so many entries. */
const ENTRIES_PER_SIGN = 16 * 1024;

/** A step about which there is nothing to say. */
export const NOTHING_TO_REPORT: StepReport = { counts: {}, skipped: [] };

/** Emits each key with the sum of its values, which are counts. @throws {RangeError} if one is none */
export async function reduceToSums(
  cursor: RunCursor,
  emit: ReduceEmit,
  signs: TaskSigns,
): Promise<StepReport> {
  const digits = new Uint8Array(MAX_COUNT_DIGITS);
  let waiting: void | Promise<void>;
  const sums = new KeySums((bytes, length, sum) => {
    const value = digits.subarray(0, writeCount(digits, 0, sum));
    waiting = emit(bytes.subarray(0, length), value);
  });
  await eachEntry(cursor, signs, () => {
    waiting = undefined;
    sums.add(cursor);
    return waiting;
  });
  waiting = undefined;
  sums.finish();
  await waiting;
  return NOTHING_TO_REPORT;
}

/** Emits each value as it is. */
export async function reduceToSame(
  cursor: RunCursor,
  emit: ReduceEmit,
  signs: TaskSigns,
): Promise<StepReport> {
  await eachEntry(cursor, signs, () =>
    emit(
      cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd),
      cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd),
    ));
  return NOTHING_TO_REPORT;
}

/** Goes through the entries, with signs of life; closes the cursor. @throws the signal's reason */
export async function eachEntry(
  cursor: RunCursor,
  signs: TaskSigns,
  onEntry: () => void | Promise<void>,
): Promise<void> {
  let left = ENTRIES_PER_SIGN;
  try {
    while (cursor.next() || await cursor.load()) {
      const waiting = onEntry();
      if (waiting !== undefined) await waiting;
      if (--left > 0) continue;
      left = ENTRIES_PER_SIGN;
      signs.signal.throwIfAborted();
      signs.alive();
    }
  } finally {
    cursor.close();
  }
}
