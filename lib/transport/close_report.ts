/** How a connection ended. */
export interface CloseReport {
  /** `done` after a goodbye, or the goodbye's own code, or what went wrong. */
  readonly code: string;
  /** A sentence for people; text of the peer when `by` is `peer`, so print it with care. */
  readonly message: string;
  /** Which side ended it; `network` when neither did. */
  readonly by: "here" | "peer" | "network";
  /** Whether a GOODBYE of ours was acknowledged. */
  readonly confirmed: boolean;
  /** Bytes that were accepted for sending and that the peer did not confirm. */
  readonly unconfirmedBytes: number;
  /** What a handler threw, when that is why. */
  readonly cause?: unknown;
  /** When the peer would like us back, from its goodbye, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The part of a report that is known when the connection begins to end. */
export type CloseCause = Omit<CloseReport, "confirmed" | "unconfirmedBytes">;
