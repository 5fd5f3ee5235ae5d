/** What is known about a client's clock where its times were corrected; times in microseconds. */
export interface Correction {
  /** Wall time of the client that `offsetUs` is about, since 1970. */
  readonly atUs: number;
  /** Server minus client. */
  readonly offsetUs: number;
  /** Every corrected time of the batch is within this of the truth; whoever gives it sees to that. */
  readonly boundUs: number;
  /** By how much the server's clock runs faster than the client's, in parts per million. */
  readonly frequencyPpm: number;
}

/** Samples of one session that follow each other. */
export interface SampleBatch {
  readonly session: string;
  /** Sequence of the first one, from 1; the others follow without a gap. */
  readonly firstSequence: number;
  /** Wall times of the client, whole microseconds since 1970. At least one. */
  readonly timesUs: Float64Array;
  /** Wall time of the server when it got them, whole microseconds since 1970. */
  readonly receivedUs: number;
  /** The estimate in force; `undefined`: none yet, so corrected times stay unknown. */
  readonly correction: Correction | undefined;
}

/** What became of a batch: `stored + equal + repeated` is its length. */
export interface AppendResult {
  /** Everything of the session up to this sequence is committed or given up by its client. */
  readonly highestSequence: number;
  /** New in the store. */
  readonly stored: number;
  /** The client already had a sample with that time, so there is nothing new to store. */
  readonly equal: number;
  /** Retransmissions: sequences that were committed before. */
  readonly repeated: number;
}
