/** What a server does, as one line for people or one JSON object. */
import { safeJson, safeText } from "../terminal/safe_text.ts";
import type { ServerEvent } from "../transport/listen.ts";
import { type Address, formatAddress } from "../transport/network.ts";

/** The line that says a server is ready; the first on standard output. */
export function listeningLine(address: Address, json: boolean): string {
  return json
    ? safeJson({ type: "listening", ...address })
    : `listening on ${formatAddress(address)}`;
}

/** One event of a server; peers are named, and what they sent is made safe to print. */
export function eventLine(event: ServerEvent, form: "text" | "json"): string {
  const peer = formatAddress(event.peer);
  switch (event.type) {
    case "joined": {
      const { clientId } = event;
      if (form === "json") return safeJson({ type: "joined", peer, clientId });
      return `tram: ${safeText(clientId)} joined from ${peer}`;
    }
    case "left": {
      const { clientId, report } = event;
      const { code, message, by, unconfirmedBytes } = report;
      if (form === "json") {
        return safeJson({
          type: "left",
          peer,
          clientId,
          code,
          message,
          by,
          unconfirmedBytes,
        });
      }
      const cause = report.cause instanceof Error ? `: ${report.cause.message}` : "";
      const why = message === "" ? code : `${code}: ${message}${cause}`;
      return `tram: ${safeText(clientId)} left ${peer} (${safeText(why)})`;
    }
    case "refused": {
      const { code, cause } = event.error;
      const what = cause instanceof Error && code === "internal" ? `: ${cause.message}` : "";
      const message = `${event.error.message}${what}`;
      if (form === "json") return safeJson({ type: "refused", peer, code, message });
      return `tram: refused ${peer} (${safeText(`${code}: ${message}`)})`;
    }
  }
}
