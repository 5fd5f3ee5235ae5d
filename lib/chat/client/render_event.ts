/** What happens, as text for people. Pure: width, colours, the time of day and where one is are given. */
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { Notice, PresenceEvent, Reply, RoomState } from "../messages.ts";
import type { ChatEvent } from "../chat_event.ts";
import { mentions } from "./mentions.ts";
import { nickColor } from "./nick_color.ts";
import { renderFile } from "./render_file.ts";
import { alert, block, remark, type RenderOptions, said, wrapped } from "./render_parts.ts";
import { renderRelay } from "./render_relay.ts";

export type { RenderOptions };

/** Members that are named when a room is entered. */
const MAX_NAMED = 12;

/** Lines to print, safe, without line feeds; none for what people need not know. */
export function renderEvent(event: ChatEvent, how: RenderOptions): string[] {
  switch (event.type) {
    case "line":
      return renderLine(event, how);
    case "local":
      if (event.isForCopying) return event.lines.map(safeText);
      return event.lines.flatMap((line) =>
        event.isError ? alert(line, how) : block(safeText(line), how, (text) => text)
      );
    case "connected":
      return remark(`${event.resumed ? "back" : "connected"} at ${event.server}`, how);
    case "disconnected":
      return remark(lostText(event), how);
    case "you": {
      const { motd = "", nick } = event;
      const isFirst = how.me === "";
      const lines = motd === "" || !isFirst ? [] : motd.split("\n");
      return [
        ...(nick === how.me ? [] : remark(`you are ${nick}${isFirst ? "" : " now"}`, how)),
        ...lines.flatMap((line) => block(safeText(line), how, how.style.cyan)),
      ];
    }
    case "queued":
      if (!how.isTerminal) return [];
      if (!how.isConnected) return remark(`kept until there is a line: ${event.text}`, how);
      // In a relay nobody sends it back.
      return event.where === "" ? said("you", event.text, how) : [];
    case "refused": {
      const { where = "", text } = event;
      const what = text === undefined ? "a line" : `"${shortened(text)}"`;
      return alert(`not sent${where && ` to ${where}`}: ${what}: ${event.message}`, how);
    }
    case "presence":
      return event.isQuiet ? [] : remark(presenceText(event, how), how);
    case "room":
      return remark(roomText(event), how);
    case "page": {
      if (event.to !== "history") return [];
      if (event.first === 0) return remark("there are no older lines", how);
      return remark(event.hasOlder ? "older ones: !history" : "that is where it begins", how);
    }
    case "reply":
      return renderReply(event, how);
    case "notice":
      return renderNotice(event, how);
    case "file":
      return renderFile(event).flatMap((line) =>
        event.state === "stopped" ? alert(line, how) : remark(line, how)
      );
    case "sent":
      return [];
    default:
      return renderRelay(event, how);
  }
}

function renderLine(line: ChatEvent & { type: "line" }, how: RenderOptions): string[] {
  const { style } = how;
  const name = `<${safeText(line.nick)}>`;
  const place = line.where === how.where || line.where === "" ? "" : `${safeText(line.where)} `;
  const again = line.isMaybeSeen ? " (maybe seen)" : "";
  const isServer = line.author === 0;
  const isForMe = !line.isOwn && mentions(line.text, how.me);
  const head = `${how.timeOf(line.timeUs)} ${place}${name}`;
  const [first = "", ...rest] = wrapped(`${head} ${safeText(line.text)}${again}`, how.columns);
  const look = isForMe ? style.bold : (text: string) => text;
  const named = isServer ? style.cyan : nickColor(line.nick, style);
  // A name that is as wide as the terminal was broken, and stays as it is.
  const text = first.startsWith(head)
    ? style.dim(`${how.timeOf(line.timeUs)} `) + style.dim(place) +
      (line.isOwn ? style.bold(name) : named(name)) + look(first.slice(head.length))
    : first;
  return [text, ...rest.map(look)];
}

function lostText({ code, message, retryMs }: ChatEvent & { type: "disconnected" }): string {
  const why = message === "" || code === message ? code : message;
  if (code === "taken-over") {
    return `another client has taken this session over; !reconnect takes it back`;
  }
  if (code === "unreachable") return `${why}; trying on`;
  if (code === "shutting-down") return `the server goes down: ${why}`;
  return `not connected: ${why}${retryMs === undefined ? "" : "; trying to come back"}`;
}

function presenceText(event: PresenceEvent, { where }: RenderOptions): string {
  const { nick, what, was, reason, room } = event;
  const place = room === where ? "" : ` ${room}`;
  const why = reason === undefined || reason === "" ? "" : ` (${reason})`;
  switch (what) {
    case "joined":
      return `${nick} has come${place && ` to${place}`}`;
    case "left":
      return `${nick} has left${place}${why}`;
    case "away":
      return `${nick} is away${why}`;
    case "back":
      return `${nick} is back`;
    case "renamed":
      return `${was ?? "somebody"} is ${nick} now`;
  }
}

function roomText({ room, members, memberCount }: RoomState): string {
  const names = members.slice(0, MAX_NAMED).map(({ nick, isAway }) => isAway ? `(${nick})` : nick);
  const more = memberCount > names.length ? ", ..." : "";
  return `${room}: ${memberCount} here: ${names.join(", ")}${more}`;
}

function renderReply({ command, isDone, lines }: Reply, how: RenderOptions): string[] {
  if (lines.length === 0) return remark(`${command}: ${isDone ? "done" : "not done"}`, how);
  if (!isDone) return lines.flatMap((line) => alert(line, how));
  return lines.flatMap((line) => block(safeText(line), how, (text) => text));
}

function renderNotice(notice: Notice, how: RenderOptions): string[] {
  const { code, message, by, reason, untilUs, inMs } = notice;
  const parts = [message];
  // Most messages say it all; what they leave out is added.
  if (by !== undefined && !message.includes(by)) parts.push(`by ${by}`);
  if (reason && !message.includes(reason)) parts.push(reason);
  if (untilUs !== undefined) {
    const [day, today] = [how.dayOf(untilUs), how.dayOf(how.nowUs)];
    parts.push(`until ${day === today ? "" : `${day} `}${how.timeOf(untilUs)}`);
  }
  if (inMs !== undefined && !/\d/.test(message)) parts.push(`in ${formatDurationMs(inMs)}`);
  const text = parts.join("; ");
  return code === "welcome" || code === "away" || code === "forgiven" || code === "nick-changed"
    ? remark(text, how)
    : alert(text, how);
}

function shortened(text: string): string {
  const letters = [...text];
  return letters.length <= 40 ? text : `${letters.slice(0, 39).join("")}…`;
}
