import { safeJson } from "../terminal/safe_text.ts";
import { reasonText, verdictText } from "./verdict_text.ts";
import { type ReportVerdict, reportVerdict } from "./report_verdict.ts";
import type { ClientReport, NotedEstimate, SessionReport } from "./store/client_report.ts";

function estimateJson(estimate: NotedEstimate | undefined) {
  return {
    estimatedAtUs: estimate === undefined ? null : Math.round(estimate.atUs),
    offsetUs: estimate === undefined ? null : Math.round(estimate.offsetUs),
    boundUs: estimate === undefined ? null : Math.ceil(estimate.boundUs),
    frequencyPpm: estimate === undefined ? null : Math.round(estimate.frequencyPpm * 1000) / 1000,
    delayUs: estimate === undefined ? null : Math.round(estimate.delayUs),
    probes: estimate?.probes ?? null,
  };
}

function sessionJson(session: SessionReport) {
  return {
    session: session.session,
    token: session.tokenName,
    sent: session.sent,
    stored: session.stored,
    equal: session.equal,
    lost: session.lost,
    repeated: session.repeated,
    isTailKnown: session.isTailKnown,
    firstSeenUs: session.firstSeenUs ?? null,
    lastSeenUs: session.lastSeenUs ?? null,
    ...estimateJson(session.estimate),
    steps: session.steps.map(({ side, atUs, byUs, errorUs }) => ({ side, atUs, byUs, errorUs })),
  };
}

/**
 * What is known about a client as one line of JSON, always with the same members; what is not known
 * is `null`. Its clock is that of the newest session, which is the last one.
 *
 * @param nowUs wall time of the server
 */
export function reportJson(client: ClientReport, nowUs: number): string {
  const { clientId, sessions } = client;
  const verdict: ReportVerdict = reportVerdict(client, nowUs);
  const newest = sessions.at(-1);
  return safeJson({
    type: "client",
    clientId,
    trust: verdict.trust,
    verdict: verdictText(verdict),
    reasons: verdict.reasons.map((reason) => ({ kind: reason.kind, text: reasonText(reason) })),
    ...estimateJson(newest?.estimate),
    // What two ends cannot see: one way that is always slower than the other.
    asymmetryUpToUs: newest?.estimate === undefined ? null : Math.ceil(newest.estimate.delayUs / 2),
    lastSeenUs: newest?.lastSeenUs ?? null,
    sessions: sessions.map(sessionJson),
  });
}
