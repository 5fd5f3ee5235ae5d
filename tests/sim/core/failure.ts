/** What must hold after each run, and how a run says that it does not. */

/** What must hold, whatever happened. */
export const INVARIANTS = {
  "kept": "nothing that was acknowledged is lost",
  "once": "nothing is there twice",
  "order": "what one sender sent is in its order",
  "memory": "what grows has a limit",
  "ends": "everything ends: all is delivered, no line, timer or buffer is left",
  "bounds": "the truth lies within the bounds",
  "oracle": "the result is what the plain way gives",
  "quiet": "nothing fails that has no reason to",
} as const;

/** Name of something that must hold. */
export type Invariant = keyof typeof INVARIANTS;

/** An invariant does not hold. */
export class SimFailure extends Error {
  override readonly name = "SimFailure";
  readonly invariant: Invariant;

  /** @param message what was seen, and what should have been seen */
  constructor(invariant: Invariant, message: string) {
    super(message);
    this.invariant = invariant;
  }
}
