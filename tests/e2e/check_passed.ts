import assert from "node:assert/strict";
import { FILE_CHUNK_BYTES } from "../../lib/chat/limits.ts";
import type { Passed } from "./pass_file.ts";

/** Most that memory may grow while a file passes, however large, in bytes. */
const MOST_GROWN_BYTES = 60_000_000;
/** Most that an interruption may have sent and written again: what was on its way, and what was not synced. */
const MOST_AGAIN_BYTES = 2 * FILE_CHUNK_BYTES;
/** Longest that a line of others may take meanwhile, in milliseconds: many times what it needs. */
const MOST_LINE_MS = 5000;

/** Looks whether a file has come whole, with flat memory, and without doing again what was done. */
export function checkPassed(passed: Passed, sizeBytes: number): void {
  const { hashes, names, safe, resumedFrom, grownBytes, lineMs } = passed;
  const { readBytes, readAgainBytes, writtenBytes } = passed;
  assert.equal(hashes[1], hashes[0]);
  assert.deepEqual(names, ["big (2).bin", "big.bin"]);
  for (const [i, chunks] of safe.entries()) {
    const safeBytes = chunks * FILE_CHUNK_BYTES;
    const from = resumedFrom[i] ?? 0;
    assert(from >= safeBytes, `went on from ${from}, though ${safeBytes} were safe`);
    assert(from <= safeBytes + MOST_AGAIN_BYTES, `went on from ${from} after ${safeBytes}`);
  }
  // Who was killed and nobody else wrote the journal: from there, and from nowhere else.
  assert.equal(resumedFrom[1], (safe[1] ?? 0) * FILE_CHUNK_BYTES);
  const mostBytes = sizeBytes + safe.length * MOST_AGAIN_BYTES;
  assert(readBytes < mostBytes, `the senders have read ${readBytes} bytes of ${sizeBytes}`);
  assert(writtenBytes < mostBytes, `the receivers have written ${writtenBytes} of ${sizeBytes}`);
  assert(readAgainBytes < MOST_AGAIN_BYTES, `the receivers have read ${readAgainBytes} bytes`);
  for (const [who, bytes] of Object.entries(grownBytes)) {
    assert(bytes < MOST_GROWN_BYTES, `memory of ${who} has grown by ${bytes} bytes`);
  }
  assert(lineMs.length > 10, `${lineMs.length} lines went by`);
  assert(Math.max(...lineMs) < MOST_LINE_MS, `a line took ${Math.max(...lineMs)} ms`);
}
