/** What a run of `timer ping` came to, and what that means for its exit code. */
import { ExitCode } from "../config/exit_code.ts";
import { MIN_SAMPLES_ABOVE } from "./latencies.ts";
import type { LoadEnd } from "./load.ts";
import type { LoadClient } from "./load_client.ts";
import type { LoadPlan } from "./load_plan.ts";
import type { Measurement } from "./measurement.ts";
import type { PingRun } from "./ping_run.ts";

/** What was asked for. */
export interface PingSettings {
  /** `host:port` of the server. */
  readonly server: string;
  /** Requests per second of all clients together; `undefined` in a closed loop. */
  readonly ratePerSecond: number | undefined;
  readonly clients: number;
  readonly inFlight: number;
  readonly sizeBytes: number;
  readonly warmupNs: number;
  readonly timeoutMs: number;
}

/** Messages by what became of them; warm-up included. */
export interface MessageCounts {
  readonly sent: number;
  /** Have an answer, in time or late. */
  readonly answered: number;
  /** Have none, and the time limit is over. */
  readonly lost: number;
  /** Answered after the time limit. */
  readonly late: number;
  /** Still in flight and in time when the run ended. */
  readonly unanswered: number;
  /** Due, and never sent. */
  readonly unsent: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Answers to nothing that was asked. */
  readonly unexpected: number;
}

/** A finished run. */
export interface PingResult {
  readonly settings: PingSettings;
  readonly end: LoadEnd;
  /** Why the connection ended, when it did. */
  readonly reason: { readonly code: string; readonly message: string } | undefined;
  readonly counts: MessageCounts;
  /** Requests that were measured, answered or not. */
  readonly measured: number;
  /** Of these, how many have no answer in time: they count as slower than all others. */
  readonly missing: number;
  /** Of the missing, how many were written: they count for the service, too. */
  readonly writtenMissing: number;
  /** From the end of the warm-up to the last answer, in nanoseconds. */
  readonly elapsedNs: number;
  /** Measured requests per second; `undefined` when there are too few to tell. */
  readonly perSecond: number | undefined;
  /** Whether an open loop kept its rate; `undefined` in a closed loop. */
  readonly isRateReached: boolean | undefined;
  /** Whether the client was so late that its lateness shows in the result. */
  readonly isClientLimited: boolean;
  readonly measurement: Measurement;
}

/** Share of the rate that counts as having reached it. */
const RATE_TOLERANCE = 0.01;

/** How late the last request of a short run may be all the same, in nanoseconds. */
const LAST_LATENESS_NS = 10e6;

/** Share of the median response that the client's lateness may have at its 99th percentile. */
const LATENESS_SHARE = 0.1;

/** Adds up what clients counted. */
function countMessages(clients: readonly LoadClient[], unsent: number): MessageCounts {
  const sum = (of: (client: LoadClient) => number) =>
    clients.reduce((total, client) => total + of(client), 0);
  return {
    sent: sum(({ book }) => book.sent),
    answered: sum(({ book }) => book.answered),
    lost: sum(({ lost }) => lost),
    late: sum(({ late }) => late),
    unanswered: sum(({ inFlight }) => inFlight),
    unsent,
    duplicated: sum(({ book }) => book.duplicated),
    reordered: sum(({ book }) => book.reordered),
    unexpected: sum(({ book }) => book.unexpected),
  };
}

/** What a run came to, at `nowNs`. */
export function pingResult(
  { settings, end, reason, run: { plan, clients, measurement }, nowNs }: {
    readonly settings: PingSettings;
    readonly end: LoadEnd;
    readonly reason: PingResult["reason"];
    readonly run: Pick<PingRun, "plan" | "clients" | "measurement">;
    readonly nowNs: number;
  },
): PingResult {
  const isOpenLoop = settings.ratePerSecond !== undefined;
  const measured = clients.reduce((sum, { measuredSent }) => sum + measuredSent, 0);
  const due = isOpenLoop ? plan.dueCount(nowNs) : 0;
  const counts = countMessages(clients, 0);
  const unsent = isOpenLoop ? Math.max(0, due - counts.sent) : 0;
  const measuredUnsent = isOpenLoop ? Math.max(0, plan.measuredAmong(due) - measured) : 0;
  const writtenMissing = clients.reduce((sum, client) => sum + client.measuredMissing, 0);
  const lastWrittenNs = Math.max(...clients.map((client) => client.lastWrittenNs));
  const sendingNs = lastWrittenNs - plan.measureFromNs;
  const { response, lateness } = measurement.distributions;
  return {
    settings,
    end,
    reason,
    counts: { ...counts, unsent },
    measured,
    missing: writtenMissing + measuredUnsent,
    writtenMissing,
    elapsedNs: Math.max(0, nowNs - plan.measureFromNs),
    perSecond: perSecondOf(measured, sendingNs),
    isRateReached: isOpenLoop ? isReached(settings, plan, measured, sendingNs, nowNs) : undefined,
    isClientLimited: isOpenLoop && lateness.count >= MIN_SAMPLES_ABOVE * 100 &&
      lateness.valueAt(99) > LATENESS_SHARE * response.valueAt(50),
    measurement,
  };
}

/** The first request is sent at once, so `count` of them span one interval less. */
function perSecondOf(count: number, spanNs: number): number | undefined {
  return count > 1 && spanNs > 0 ? (count - 1) / spanNs * 1e9 : undefined;
}

function isReached(
  { ratePerSecond = 0 }: PingSettings,
  plan: LoadPlan,
  measured: number,
  sendingNs: number,
  nowNs: number,
): boolean {
  const planned = plan.measuredAmong(plan.dueCount(nowNs));
  const plannedNs = (planned - 1) / ratePerSecond * 1e9;
  // A run that is interrupted leaves unsent what has fallen due a moment before.
  return measured >= plan.measuredAmong(plan.dueCount(nowNs - LAST_LATENESS_NS)) &&
    sendingNs - plannedNs <= Math.max(RATE_TOLERANCE * plannedNs, LAST_LATENESS_NS);
}

/** How `tram timer ping` ends. */
export function exitCodeOfPing({ end, counts, measured, isRateReached }: PingResult): ExitCode {
  if (end === "stopped") return ExitCode.Interrupted;
  const { lost, late, unsent, duplicated, unexpected } = counts;
  const isWhole = end === "done" && measured > 0 && isRateReached !== false &&
    lost + late + unsent + duplicated + unexpected === 0;
  return isWhole ? ExitCode.Done : ExitCode.Partial;
}
