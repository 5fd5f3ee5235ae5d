import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { formatTable } from "../../terminal/table.ts";
import { parseRoom } from "../nick/parse_room.ts";
import type { Member } from "../chat_host.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { firstOf } from "./first_of.ts";

/** Most members that one answer shows: it must fit into a frame. */
const MAX_LISTED = 500;
/** Rooms that are named for each. */
const ROOMS_NAMED = 3;

/** `!list`: who is connected, or who is in a room; operators first, then by name. */
export function listMembers(call: CommandCall): Answer {
  const { host, rest, isOperator, book, clock } = call;
  const room = rest === "" ? undefined : parseRoom(rest.startsWith("#") ? rest : `#${rest}`);
  if (room !== undefined && "error" in room) return refused(room.error);
  const rank = ({ identity }: Member) => isOperator(identity) ? 0 : 1;
  const { first, total } = firstOf(
    room === undefined ? host.members() : host.membersOf(room.room),
    MAX_LISTED,
    (a, b) => rank(a) - rank(b) || compare(a.nick, b.nick),
  );
  const nowUs = clock.wallUs();
  const shown = first.map((member) => ({
    nick: member.nick,
    author: member.author,
    isOperator: isOperator(member.identity),
    isSuspended: book.find("suspend", member.identity, nowUs) !== undefined,
    sinceUs: member.sinceUs,
    rooms: [...member.rooms].slice(0, ROOMS_NAMED),
    roomCount: member.rooms.size,
  }));
  const where = room === undefined ? "here" : `in ${safeText(room.room)}`;
  const data = { room: room?.room, memberCount: total, members: shown };
  if (shown.length === 0) return done([`Nobody is ${where}`], data);
  const lines = formatTable({
    columns: [
      { title: "name" },
      { title: "rank" },
      { title: "here for", align: "right" },
      { title: "rooms", flexible: true },
    ],
    rows: shown.map(({ nick, isOperator, isSuspended, sinceUs, rooms, roomCount }) => [
      safeText(nick),
      [isOperator ? "operator" : "", isSuspended ? "suspended" : ""].filter(Boolean).join(", "),
      formatDurationMs((nowUs - sinceUs) / 1000),
      safeText(rooms.join(" ")) + (roomCount > rooms.length ? ` +${roomCount - rooms.length}` : ""),
    ]),
    columnsAvailable: 80,
  });
  const more = total - shown.length;
  return done(more > 0 ? [...lines, `and ${more} more`] : lines, data);
}

/** By code units: the same everywhere, whatever the language of the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
