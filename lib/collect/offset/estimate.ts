/** What is known about a client's clock at one moment. A number without a bound is never given. */
export interface OffsetEstimate {
  /** Wall time of the client that it is about, in microseconds since 1970. */
  readonly atUs: number;
  /** Server minus client, in microseconds: add it to a time of the client. */
  readonly offsetUs: number;
  /**
   * The true offset is within this of `offsetUs`, in microseconds: half the delay of a probe, the
   * reading errors of both clocks, the error of the frequency times the age of that probe, and how
   * far that probe lies from the line.
   */
  readonly boundUs: number;
  /** By how much the server's clock runs faster than the client's, in parts per million. */
  readonly frequencyPpm: number;
  /** The true rate at `atUs` is within this of `frequencyPpm`. */
  readonly frequencyErrorPpm: number;
  /** Delay, there and back, of the probe that the bound rests on, in microseconds. */
  readonly delayUs: number;
  /** How far that probe lies from the line, in microseconds. */
  readonly residualUs: number;
  /** How far that probe is from `atUs`, in microseconds; never below 0. */
  readonly ageUs: number;
  /** How many probes this stretch without a step has seen. */
  readonly probes: number;
  /** Number of the stretch without a step, from 0. */
  readonly segment: number;
}
