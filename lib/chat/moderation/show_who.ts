/** `!rooms` and `!who`. */
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { formatTable } from "../../terminal/table.ts";
import { memberOf } from "./actor.ts";
import { type Answer, type CommandCall, done } from "./command_call.ts";
import { splitWord } from "./command_words.ts";
import { firstOf } from "./first_of.ts";
import { sanctionText } from "./sanction_text.ts";
import { findTarget } from "./target.ts";

/** Most rooms that one answer shows: those with the most members. */
const MAX_LISTED = 500;
/** Connections of one person that an answer shows; a token may be used by many. */
const CONNECTIONS_SHOWN = 20;

/** Which rooms there are. */
export function rooms({ host }: CommandCall): Answer {
  const { first: shown, total } = firstOf(
    host.rooms(),
    MAX_LISTED,
    (a, b) => b.members - a.members || (a.room < b.room ? -1 : 1),
  );
  const data = { roomCount: total, rooms: shown };
  if (shown.length === 0) return done(["There are no rooms yet"], data);
  const lines = formatTable({
    columns: [
      { title: "room" },
      { title: "members", align: "right" },
      { title: "lines", align: "right" },
    ],
    rows: shown.map(({ room, members, last }) => [safeText(room), `${members}`, `${last}`]),
    columnsAvailable: 80,
  });
  const more = total - shown.length;
  return done(more > 0 ? [...lines, `and ${more} more`] : lines, data);
}

/** Who somebody is. What they are known by, and from where they come, is for operators alone. */
export function who(call: CommandCall): Answer {
  const { actor, host, book, clock, isOperator } = call;
  const { word } = splitWord(call.rest);
  const { identity, nick, members: all } = findTarget(call, word);
  const members = all.slice(0, CONNECTIONS_SHOWN);
  const asker = memberOf(actor);
  const isPrivileged = asker === undefined || isOperator(asker.identity);
  const nowUs = clock.wallUs();
  const seenUs = host.known(nick)?.seenUs;
  const ban = book.find("ban", identity, nowUs);
  const suspension = book.find("suspend", identity, nowUs);
  const ago = (timeUs: number) => formatDurationMs((nowUs - timeUs) / 1000);
  const lines = [
    nick + (isOperator(identity) ? ", operator" : ""),
    ...members.map((member) => {
      const from = isPrivileged ? ` from ${addressOf(member.connection.peer)}` : "";
      const rooms = member.rooms.size === 0 ? "no room" : [...member.rooms].join(" ");
      return `here for ${ago(member.sinceUs)} as ${member.nick}${from}, in ${rooms}`;
    }),
    ...all.length > members.length ? [`and ${all.length - members.length} times more`] : [],
    ...members.length === 0 && seenUs !== undefined
      ? [`not connected, seen ${ago(seenUs)} ago`]
      : [],
    ...ban === undefined ? [] : [`banned: ${sanctionText(ban, nowUs)}`],
    ...suspension === undefined ? [] : [`suspended: ${sanctionText(suspension, nowUs)}`],
    ...isPrivileged ? [`known by ${identity}`] : [],
  ];
  return done(lines.map(safeText), {
    nick,
    isOperator: isOperator(identity),
    seenUs,
    connections: members.map((member) => ({
      author: member.author,
      nick: member.nick,
      sinceUs: member.sinceUs,
      rooms: [...member.rooms],
      ...(isPrivileged ? { address: addressOf(member.connection.peer) } : {}),
    })),
    ban,
    suspension,
    ...(isPrivileged ? { identity } : {}),
  });
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
