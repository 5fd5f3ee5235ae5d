/**
 * What REPORT and REPORTED of `collect` say, as JSON. A report is asked for over the same line that
 * samples travel on; the answer is one frame per client (several for one that has many sessions, in
 * their order), then one frame that ends it.
 */
import * as v from "valibot";
import type { Schema } from "../transport/parse_json.ts";
import type { ClientReport } from "./store/client_report.ts";

/** Most clients that can be named in one REPORT. */
const MAX_NAMED = 10_000;

/** Which clients to report on. */
export interface ReportRequest {
  /** All when left out. */
  readonly clientIds?: readonly string[] | undefined;
}

/** The end of a report. */
export interface ReportEnd {
  /** Frames that came before. */
  readonly frames: number;
  /** The server's wall clock, in microseconds since 1970. */
  readonly nowUs: number;
}

/** One frame of an answer. */
export type Reported =
  | { readonly client: ClientReport; readonly end?: undefined }
  | { readonly end: ReportEnd; readonly client?: undefined };

const whole = v.pipe(v.number(), v.safeInteger("wanted a whole number within ±2^53"));
const count = v.pipe(whole, v.minValue(0));
/** 64 letters; some take two units of UTF-16. */
const clientId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/** Checks a REPORT. */
export const reportRequestSchema: Schema<ReportRequest> = v.object({
  clientIds: v.optional(v.pipe(v.array(clientId), v.maxLength(MAX_NAMED))),
});

const step = v.object({
  session: v.string(),
  side: v.picklist(["client", "server", "unknown"]),
  atUs: whole,
  byUs: whole,
  errorUs: whole,
});

const estimate = v.object({
  atUs: v.number(),
  offsetUs: v.number(),
  boundUs: v.number(),
  frequencyPpm: v.number(),
  delayUs: v.number(),
  probes: whole,
  verdictJson: v.string(),
});

const session = v.object({
  session: v.string(),
  tokenName: v.string(),
  sent: count,
  stored: count,
  equal: count,
  lost: whole,
  repeated: count,
  highestSequence: count,
  isTailKnown: v.boolean(),
  firstSeenUs: v.optional(whole),
  lastSeenUs: v.optional(whole),
  steps: v.array(step),
  estimate: v.optional(estimate),
});

/** Checks a REPORTED. */
export const reportedSchema: Schema<Reported> = v.union([
  v.object({
    client: v.object({ clientId, sessions: v.array(session) }),
    end: v.optional(v.undefined()),
  }),
  v.object({
    end: v.object({ frames: count, nowUs: whole }),
    client: v.optional(v.undefined()),
  }),
]) as unknown as Schema<Reported>; // optional members of valibot are `| undefined`, ours may be missing
