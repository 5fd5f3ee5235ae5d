import { correctUs } from "../offset/correct_us.ts";
import type { OffsetEstimate } from "../offset/estimate.ts";
import type { Correction } from "./sample_batch.ts";

/** A corrected time, and how far it may be off; whole microseconds, or not known. */
export interface CorrectedSample {
  readonly correctedUs: number | undefined;
  readonly boundUs: number | undefined;
}

const UNKNOWN: CorrectedSample = { correctedUs: undefined, boundUs: undefined };

/** Corrects a time of a client. A time that leaves ±2^53 by it has no corrected one. Pure. */
export function correctSample(
  timeUs: number,
  correction: Correction | undefined,
): CorrectedSample {
  if (correction === undefined) return UNKNOWN;
  // Of an estimate, `correctUs` reads what every correction has.
  const correctedUs = correctUs(timeUs, correction as OffsetEstimate);
  const boundUs = Math.ceil(correction.boundUs);
  return Number.isSafeInteger(correctedUs) && Number.isSafeInteger(boundUs)
    ? { correctedUs, boundUs }
    : UNKNOWN;
}
