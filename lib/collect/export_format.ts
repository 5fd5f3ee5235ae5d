/** Samples as text for other programs: CSV (RFC 4180) or one JSON object per line. Pure. */
import { safeJson } from "../terminal/safe_text.ts";
import { formatTimeUs } from "./format_time_us.ts";
import type { ExportedSample } from "./store/collect_store.ts";

/** How samples are written. */
export type ExportFormat = "csv" | "jsonl";

/** Names of the columns, in their order. */
const COLUMNS = [
  ...["client", "session", "sequence", "time_us", "time"],
  ...["corrected_us", "bound_us", "received_us"],
] as const;

/** Ends a line of CSV, as RFC 4180 has it. */
const CRLF = "\r\n";

function csvField(value: string | number | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvLine(sample: ExportedSample): string {
  const { clientId, session, sequence, timeUs, correctedUs, boundUs, receivedUs } = sample;
  const time = formatTimeUs(timeUs);
  return [clientId, session, sequence, timeUs, time, correctedUs, boundUs, receivedUs]
    .map(csvField).join(",") + CRLF;
}

function jsonLine(sample: ExportedSample): string {
  const { clientId, session, sequence, timeUs, correctedUs, boundUs, receivedUs } = sample;
  const line = safeJson({
    client: clientId,
    session,
    sequence,
    timeUs,
    time: formatTimeUs(timeUs),
    correctedUs: correctedUs ?? null,
    boundUs: boundUs ?? null,
    receivedUs,
  });
  return `${line}\n`;
}

/** What stands before the first sample. */
export function exportHead(format: ExportFormat): string {
  return format === "csv" ? COLUMNS.join(",") + CRLF : "";
}

/** Samples, a line each. What is not known is empty in CSV and null in JSON. */
export function exportLines(samples: readonly ExportedSample[], format: ExportFormat): string {
  return samples.map(format === "csv" ? csvLine : jsonLine).join("");
}
