import type { Correction } from "./sample_batch.ts";

/** A clock was set; times in whole microseconds. */
export interface SessionStep {
  readonly session: string;
  readonly side: "client" | "server" | "unknown";
  /** The clock of that side just after the step, since 1970. */
  readonly atUs: number;
  /** By how much; above 0: forward. */
  readonly byUs: number;
  /** How far `byUs` may be off. */
  readonly errorUs: number;
}

/** An estimate of a client's clock, as it is kept for reports. */
export interface NotedEstimate extends Correction {
  /** Delay of the probe that the bound rests on, in microseconds. */
  readonly delayUs: number;
  /** How many probes it rests on. */
  readonly probes: number;
  /** What is to be thought of it, as JSON; the store does not look inside. */
  readonly verdictJson: string;
}

/** What is known about one incarnation of a client. `sent = stored + equal + lost`. */
export interface SessionReport {
  readonly session: string;
  /** Name of the token that opened it; "" when it had none. */
  readonly tokenName: string;
  /** Samples that the client made, as far as known. */
  readonly sent: number;
  readonly stored: number;
  readonly equal: number;
  /** Made, but neither stored nor equal: dropped by the client, or its end never came. */
  readonly lost: number;
  /** Retransmissions, which are no samples of their own. */
  readonly repeated: number;
  readonly highestSequence: number;
  /** Whether the client said which sample was its last one. */
  readonly isTailKnown: boolean;
  /** Wall times of the server; `undefined` when nothing but its session was ever seen. */
  readonly firstSeenUs: number | undefined;
  readonly lastSeenUs: number | undefined;
  /** Oldest first; the newest hundred. */
  readonly steps: readonly SessionStep[];
  /** The newest one. */
  readonly estimate: NotedEstimate | undefined;
}

/** What is known about one client, by its sessions in the order in which they were opened. */
export interface ClientReport {
  readonly clientId: string;
  readonly sessions: readonly SessionReport[];
}

/** How many steps of a session a report shows. */
export const MAX_REPORTED_STEPS = 100;
