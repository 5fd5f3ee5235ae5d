/** What a server does, as one line for people or one JSON object. */
import { safeJson, safeText } from "../terminal/safe_text.ts";
import type { LineError } from "../transport/line_error.ts";
import type { ServerEvent } from "../transport/listen.ts";
import { type Address, formatAddress } from "../transport/network.ts";
import type { Logger } from "./log.ts";

/** The line that says a server is ready; the first on standard output. */
export function listeningLine(address: Address, json: boolean): string {
  return json
    ? safeJson({ type: "listening", ...address })
    : `listening on ${formatAddress(address)}`;
}

/** One event of a server; peers are named, and what they sent is made safe to print. */
export function eventLine(event: ServerEvent, form: "text" | "json"): string {
  return form === "json" ? safeJson(eventProperties(event)) : `tram: ${messageOf(event)}`;
}

/** Comings and goings that are logged: of a whole room at once, and 20 a second in the long run. */
const COMING_AND_GOING = { burst: 100, perSecond: 20 } as const;

/**
 * Logs an event of a server. Who is refused can come back as often as they like, and so can who is
 * let in: of refusals of each code, of joining and of leaving a burst is logged, and how many more
 * there were.
 */
export function logServerEvent(log: Logger, event: ServerEvent): void {
  const properties = eventProperties(event);
  const message = () => messageOf(event);
  if (event.type === "refused") {
    log.logLimited("info", `refused ${event.error.code}`, message, properties);
  } else log.logLimited("info", event.type, message, properties, COMING_AND_GOING);
}

/** One event as data. */
function eventProperties(event: ServerEvent): Readonly<Record<string, unknown>> {
  const { type } = event;
  const peer = formatAddress(event.peer);
  switch (event.type) {
    case "joined":
      return { type, peer, clientId: event.clientId };
    case "left": {
      const { code, message, by, unconfirmedBytes } = event.report;
      return { type, peer, clientId: event.clientId, code, message, by, unconfirmedBytes };
    }
    case "refused":
      return { type, peer, code: event.error.code, message: refusalOf(event.error) };
  }
}

/** One event for people. What peers sent is made safe piece by piece: each could begin badly. */
function messageOf(event: ServerEvent): string {
  const peer = formatAddress(event.peer);
  switch (event.type) {
    case "joined":
      return `${safeText(event.clientId)} joined from ${peer}`;
    case "left": {
      const { code, message, cause } = event.report;
      const because = cause instanceof Error ? `: ${cause.message}` : "";
      const why = message === "" ? code : `${code}: ${message}${because}`;
      return `${safeText(event.clientId)} left ${peer} (${safeText(why)})`;
    }
    case "refused":
      return `refused ${peer} (${safeText(`${event.error.code}: ${refusalOf(event.error)}`)})`;
  }
}

/** Why somebody was refused; of our own mistakes also what went wrong. */
function refusalOf({ code, message, cause }: LineError): string {
  return cause instanceof Error && code === "internal" ? `${message}: ${cause.message}` : message;
}
