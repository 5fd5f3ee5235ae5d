/** `!kick`, `!say` and `!shutdown`. */
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { MAX_LINE_BYTES } from "../limits.ts";
import type { ModerationAction, ModerationEntry } from "../store/chat_store.ts";
import { memberOf, nameOf } from "./actor.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { checkReason, splitTime, splitWord } from "./command_words.ts";
import { findTarget, membersAs, type Target } from "./target.ts";

/** Longest time until a server ends. */
const LONGEST_SHUTDOWN_MS = 24 * 3_600_000;

/** Ends somebody's connections; they may come back at once. */
export async function kick(call: CommandCall): Promise<Answer> {
  const { actor, host } = call;
  const { word, rest } = splitWord(call.rest);
  const reason = checkReason(rest);
  const target = findTarget(call, word);
  const { identity, nick, members } = target;
  if (memberOf(actor)?.identity === identity) {
    return refused(`Cannot kick ${safeText(nick)}: that is you`);
  }
  if (members.length === 0) {
    return refused(`Cannot kick ${safeText(nick)}: they are not connected`);
  }
  const entry = await note(call, "kick", reason, target);
  const why = reason === "" ? "" : `: ${reason}`;
  for (const member of membersAs(host, identity)) {
    host.cut(member, "chat.kicked", `Kicked by ${entry.actor}${why}`);
  }
  return done([safeText(`${nick} was kicked${why}`)], entry);
}

/** Says something in each room: in the name of the server, or of an operator. */
export async function say(call: CommandCall): Promise<Answer> {
  if (call.rest === "") throw new SyntaxError("wanted a text");
  const member = memberOf(call.actor);
  const text = member === undefined ? call.rest : `${member.nick} (operator): ${call.rest}`;
  const entry = await note(call, "say", call.rest);
  call.host.say(cutToBytes(text, MAX_LINE_BYTES));
  const count = [...call.host.members()].length;
  return done([`Said to ${count} member${count === 1 ? "" : "s"}`], { ...entry, members: count });
}

/** Ends the server, at once or after a while. */
export async function shutdown(call: CommandCall): Promise<Answer> {
  const { timeMs = 0, reason } = splitTime(call.rest);
  if (timeMs > LONGEST_SHUTDOWN_MS) throw new SyntaxError("wanted a time of at most 24h");
  const entry = await note(call, "shutdown", reason);
  call.host.shutdown(timeMs, reason);
  const when = timeMs === 0 ? "now" : `in ${formatDurationMs(timeMs)}`;
  return done([`The server ends ${when}`], { ...entry, inMs: timeMs });
}

/** Makes it durable that it is done. */
async function note(
  { actor, clock, store }: CommandCall,
  action: ModerationAction,
  reason: string,
  target?: Target,
): Promise<ModerationEntry> {
  const entry = {
    timeUs: clock.wallUs(),
    actor: nameOf(actor),
    action,
    identity: target?.identity ?? "",
    nick: target?.nick ?? "",
    reason,
  };
  await store.moderate(entry);
  return entry;
}
