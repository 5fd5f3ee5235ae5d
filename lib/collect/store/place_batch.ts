/** Where a batch stands in its session. */
export interface Placement {
  /** How many at its start were committed before. */
  readonly repeated: number;
  /** The session's highest sequence with the batch. */
  readonly highestSequence: number;
}

/**
 * Says what of a batch is new to a session whose highest sequence is `highest`. Sequences between
 * that and the batch are gone: they only grow within a session. Pure.
 */
export function placeBatch(highest: number, firstSequence: number, count: number): Placement {
  // In this order it stays exact up to 2^53 - 1.
  const last = firstSequence + (count - 1);
  return {
    repeated: Math.min(count, Math.max(0, highest - firstSequence + 1)),
    highestSequence: Math.max(highest, last),
  };
}
