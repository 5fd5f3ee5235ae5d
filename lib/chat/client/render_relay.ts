/** What happens in a relay, as text for people. */
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { PeerLeft, State } from "../relay_messages.ts";
import type { ChatEvent } from "../chat_event.ts";
import { alert, remark, type RenderOptions, said } from "./render_parts.ts";

/** Events of relay mode. */
export type RelayEvent = ChatEvent & {
  type: "number" | "role" | "message" | "peer-left" | "peer" | "verdict" | "state" | "exit";
};

const ROLES = {
  waiting: "nobody sits opposite yet: wait",
  emitter: "your turn",
  receiver: "the other side's turn",
} as const;

/** Lines to print, safe. */
export function renderRelay(event: RelayEvent, how: RenderOptions): string[] {
  switch (event.type) {
    case "number": {
      const game = event.game === undefined ? "" : `; the game is ${event.game}`;
      return remark(`this is seat ${event.number}${game}; fin gives it up`, how);
    }
    case "role": {
      const { last } = event;
      const before = last === undefined
        ? []
        : remark(`the last message to this seat: ${last}`, how);
      return [...before, ...remark(ROLES[event.role], how)];
    }
    case "message":
      return said(String(event.number), event.text, how);
    case "peer-left":
      return remark(leftText(event), how);
    case "peer":
      return remark(`seat ${event.number} ${event.what === "back" ? "is back" : "is taken"}`, how);
    case "verdict":
      return alert(event.message, how);
    case "state":
      return stateLines(event);
    case "exit":
      return alert(`the server ends: ${event.reason}`, how);
  }
}

function leftText({ number, why, keptMs }: PeerLeft): string {
  if (why === "fin") return `seat ${number} was given up`;
  if (why === "gone") return `seat ${number} is free: nobody came back`;
  const kept = keptMs === undefined ? "" : `; it is kept for ${formatDurationMs(keptMs)}`;
  return `the line to seat ${number} is lost${kept}`;
}

/** The position as the server drew it: not broken, or it could not be read. */
function stateLines({ view, moves, clocksMs }: State): string[] {
  const lines = view.map((line) => safeText(line));
  if (moves !== undefined) lines.push(safeText(`moves: ${moves.join(" ")}`));
  if (clocksMs !== undefined) lines.push(`clocks: ${clocksMs.map(formatDurationMs).join(", ")}`);
  return lines;
}
