/** How tram's processes end. The README lists them. */
export const ExitCode = {
  /** Done. */
  Done: 0,
  /** Something failed. */
  Failed: 1,
  /** The command line is wrong. */
  Usage: 2,
  /** Finished, with losses or a partial result. */
  Partial: 3,
  /** The peer cannot be reached. */
  Unreachable: 69,
  /** The peer refused: token, ban, full. */
  Refused: 77,
  /** Interrupted, after printing what there was. */
  Interrupted: 130,
} as const;

/** A status from {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
