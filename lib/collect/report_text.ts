/** What `tram collect report` says to people. Pure. */
import { formatCount } from "../terminal/format_count.ts";
import { formatDurationMs } from "../terminal/format_duration_ms.ts";
import { formatNs } from "../terminal/format_ns.ts";
import { safeText } from "../terminal/safe_text.ts";
import type { Style } from "../terminal/style.ts";
import { formatTable } from "../terminal/table.ts";
import { wrapText } from "../terminal/wrap_text.ts";
import { formatOffset } from "./format_offset.ts";
import { type ReportVerdict, reportVerdict } from "./report_verdict.ts";
import type { ClientReport } from "./store/client_report.ts";
import { reasonText, verdictText } from "./verdict_text.ts";

/** Where lines are broken when nobody has said how wide the terminal is. */
const DEFAULT_COLUMNS = 80;

const NOTE = "A way that is always slower in one direction than in the other cannot be seen from " +
  "two ends: it shifts an offset by up to half of the delay. The bounds (±) allow for it.";

/** What stands for nothing known. */
const UNKNOWN = "?";

function ppmText(ppm: number): string {
  const shown = Number(ppm.toFixed(Math.abs(ppm) < 100 ? 1 : 0)) + 0; // never "-0"
  return `${shown < 0 ? "" : "+"}${shown.toFixed(Math.abs(shown) < 100 ? 1 : 0)}`;
}

function seenText(lastSeenUs: number | undefined, nowUs: number): string {
  if (lastSeenUs === undefined) return UNKNOWN;
  const agoMs = (nowUs - lastSeenUs) / 1000;
  return agoMs < 1000 ? "now" : `${formatDurationMs(agoMs)} ago`;
}

const LOOKS = { ok: "green", doubtful: "yellow", unknown: "red" } as const;

function row(client: ClientReport, verdict: ReportVerdict, nowUs: number, style: Style): string[] {
  const newest = client.sessions.at(-1);
  const estimate = newest?.estimate;
  const look = style[LOOKS[verdict.trust]];
  return [
    safeText(client.clientId),
    estimate === undefined ? UNKNOWN : formatOffset(estimate),
    estimate === undefined ? UNKNOWN : ppmText(estimate.frequencyPpm),
    estimate === undefined ? UNKNOWN : formatNs(estimate.delayUs * 1000),
    seenText(newest?.lastSeenUs, nowUs),
    look(verdictText(verdict)),
  ];
}

/** `ada: 5 sent = 4 stored + 0 equal + 1 lost (run 2 of 2); …`, in lines. */
function accountLines(client: ClientReport, verdict: ReportVerdict, columns: number): string[] {
  const { clientId, sessions } = client;
  const newest = sessions.at(-1);
  if (newest === undefined) return [];
  const { sent, stored, equal, lost, repeated, isTailKnown } = newest;
  const parts = [
    `${safeText(clientId)}: ${formatCount(sent)} sent = ${formatCount(stored)} stored + ` +
    `${formatCount(equal)} equal + ${formatCount(lost)} lost` +
    (sessions.length > 1
      ? ` (run ${formatCount(sessions.length)} of ${formatCount(sessions.length)})`
      : ""),
    ...(isTailKnown ? [] : ["tail unknown"]),
    ...(repeated > 0 ? [`${formatCount(repeated)} sent again`] : []),
    ...verdict.reasons.map(reasonText),
  ];
  const [first = "", ...more] = wrapText(parts.join("; "), columns - 2);
  return [first, ...more.map((line) => `  ${line}`)];
}

/**
 * The report: a table with a line per client, then the account of each and what the verdicts mean.
 *
 * @param nowUs wall time of the server
 * @param columns width of the terminal; `undefined` when there is none
 */
export function reportText(
  clients: readonly ClientReport[],
  nowUs: number,
  columns: number | undefined,
  style: Style,
): string {
  if (clients.length === 0) return "nobody has sent samples yet\n";
  const width = columns ?? DEFAULT_COLUMNS;
  const verdicts = clients.map((client) => reportVerdict(client, nowUs));
  const right = (title: string) => ({ title, align: "right" as const });
  const known = clients.map((client, i) => [client, verdicts[i] as ReportVerdict] as const);
  const lines = [
    ...formatTable({
      columns: [
        { title: "client", flexible: true },
        right("offset"),
        right("ppm"),
        right("delay"),
        right("last seen"),
        { title: "verdict", flexible: true, minWidth: 14 },
      ],
      rows: known.map(([client, verdict]) => row(client, verdict, nowUs, style)),
      columnsAvailable: columns,
      style,
    }),
    "",
    ...known.flatMap(([client, verdict]) => accountLines(client, verdict, width)),
    "",
    ...wrapText(NOTE, width),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
