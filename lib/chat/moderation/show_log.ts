/** `!bans` and `!log`. */
import { parseWhole } from "../../config/parse_flags.ts";
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { formatTable } from "../../terminal/table.ts";
import { type Answer, type CommandCall, done } from "./command_call.ts";
import { minuteText, timeLeft, timeText } from "./sanction_text.ts";

/** Most entries that one answer shows. */
const MAX_LISTED = 200;
const DEFAULT_COUNT = 20;

/** Names may be cut, so that reasons can be read. */
const NAME = { flexible: true, minWidth: 7 };
const REASON = { title: "reason", flexible: true, minWidth: 20 };

/** What holds: who, how long still, by whom, why. */
export function bans({ book, clock }: CommandCall): Answer {
  const nowUs = clock.wallUs();
  const all = book.holding(nowUs);
  const shown = all.slice(-MAX_LISTED);
  const data = { count: all.length, sanctions: shown };
  if (shown.length === 0) return done(["Nobody is banned or suspended"], data);
  const lines = formatTable({
    columns: [
      { title: "name", ...NAME },
      { title: "what" },
      { title: "for", align: "right" },
      { title: "by", ...NAME },
      REASON,
    ],
    rows: shown.map(({ nick, action, untilUs, actor, reason }) => [
      safeText(nick),
      action,
      timeLeft(untilUs, nowUs),
      safeText(actor),
      safeText(reason),
    ]),
    columnsAvailable: 80,
  });
  const more = all.length - shown.length;
  return done(more > 0 ? [...lines, `and ${more} older ones`] : lines, data);
}

/** What moderators did, newest first. */
export async function log({ rest, store }: CommandCall): Promise<Answer> {
  const count = rest === "" ? DEFAULT_COUNT : parseWhole(rest, 1, MAX_LISTED);
  const entries = await store.moderationLog(count);
  if (entries.length === 0) return done(["Nothing has been done yet"], { entries });
  const lines = formatTable({
    columns: [
      { title: "when (UTC)" },
      { title: "by", ...NAME },
      { title: "what" },
      { title: "whom", ...NAME },
      { title: "for", align: "right" },
      REASON,
    ],
    rows: entries.map(({ timeUs, actor, action, nick, untilUs, reason }) => [
      minuteText(timeUs),
      safeText(actor),
      action,
      safeText(nick),
      untilUs === undefined ? "" : timeText(untilUs - timeUs),
      safeText(reason),
    ]),
    columnsAvailable: 80,
  });
  // What was said with !say may be long, and all must fit into a frame.
  const short = entries.map((entry) => ({ ...entry, reason: cutToBytes(entry.reason, 400) }));
  return done(lines, { entries: short });
}
