/** The line above what is typed: where one is, and how the line is. */
import { formatNs } from "../../terminal/format_ns.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Style } from "../../terminal/style.ts";

/** What it tells. Names are as others sent them. */
export interface StatusFacts {
  /** `#room`, `@nick`; empty in a relay. */
  readonly where: string;
  readonly nick: string;
  /** Members of the room; `undefined` where that says nothing. */
  readonly here: number | undefined;
  readonly roundTripNs: number | undefined;
  /** There is no line. */
  readonly trouble: {
    readonly code: string;
    /** Until it is tried again; `undefined`: not by itself. */
    readonly retryMs: number | undefined;
  } | undefined;
  /** Before the first connection. */
  readonly isConnecting: boolean;
  /** Lines that the server does not have. */
  readonly waiting: number;
  /** Lines that came elsewhere, by place. */
  readonly unread: ReadonlyMap<string, number>;
  /** Files that are under way; empty when there are none. */
  readonly files: string;
}

/** Words for codes of lines that are lost; others stand for themselves. */
const WORDS: Readonly<Record<string, string>> = {
  lost: "line lost",
  silent: "no sign of life",
  unreachable: "nobody answers",
  "shutting-down": "server went down",
  "slow-reader": "too slow",
  "taken-over": "another client has this session",
  full: "server is full",
};

/** One line, safe to print: `#lobby · ada · 3 here · 0.40 ms · #dev 3 @bob 1`. */
export function statusText(facts: StatusFacts, style: Style): string {
  const { where, nick, here, roundTripNs, trouble, isConnecting, waiting, unread, files } = facts;
  const parts: string[] = [];
  if (trouble !== undefined) parts.push(style.yellow(troubleText(trouble)));
  else if (isConnecting) parts.push("connecting");
  if (where !== "") parts.push(style.bold(safeText(where)));
  if (nick !== "") parts.push(safeText(nick));
  if (trouble === undefined && !isConnecting) {
    if (here !== undefined) parts.push(`${here} here`);
    if (roundTripNs !== undefined) parts.push(formatNs(roundTripNs));
  }
  if (waiting > 0 && trouble !== undefined) parts.push(`${waiting} to send`);
  if (files !== "") parts.push(safeText(files));
  const others = [...unread].filter(([place, count]) => count > 0 && place !== where);
  if (others.length > 0) {
    const counts = others.map(([place, count]) => `${safeText(place)} ${count}`).join(" ");
    parts.push(style.yellow(counts));
  }
  return parts.join(" · ");
}

function troubleText({ code, retryMs }: NonNullable<StatusFacts["trouble"]>): string {
  const why = WORDS[code] ?? safeText(code);
  if (retryMs === undefined) return `not connected (${why})`;
  const inTime = retryMs < 500 ? "" : ` in ${Math.ceil(retryMs / 1000)} s`;
  return `reconnecting${inTime} (${why})`;
}
