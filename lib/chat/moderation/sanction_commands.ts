/** `!ban` and `!suspend`. */
import { safeText } from "../../terminal/safe_text.ts";
import type { Notice } from "../messages.ts";
import type { Member } from "../chat_host.ts";
import type { ModerationEntry, Sanction } from "../store/chat_store.ts";
import { memberOf, nameOf } from "./actor.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { splitTime, splitWord } from "./command_words.ts";
import { bannedText, sanctionText, suspendedText, timeLeft } from "./sanction_text.ts";
import { findTarget, membersAs, type Target } from "./target.ts";

type Kind = Sanction["action"];

const SUSPEND_MS = 10 * 60_000;
/** Times that end this close to each other are the same: two operators have said it at once. */
const SAME_US = 60_000_000;
/** Names that somebody has at once, of which a reply tells. */
const OTHERS_NAMED = 5;

const DONE: Readonly<Record<Kind, string>> = { ban: "banned", suspend: "suspended" };

/** Keeps somebody out, until it is forgiven or its time is over. */
export async function ban(call: CommandCall): Promise<Answer> {
  const { target, refusal, entry, before } = prepare(call, "ban");
  if (refusal !== undefined) return refusal;
  await call.store.moderate(entry);
  call.book.apply(entry);
  const message = bannedText(entry, entry.timeUs);
  const members = membersAs(call.host, target.identity);
  const lines = [doneText(entry, members, before)];
  for (const member of members) call.host.cut(member, "chat.banned", message);
  if (target.identity.startsWith("session:")) {
    lines.push(
      "It holds for this session alone: who comes with a new identity evades it.",
      "A token of its own for each person (tram token new NAME) prevents that.",
    );
  }
  return done(lines, { ...entry, wasConnected: members.length > 0 });
}

/** Lets somebody read only, for a time. */
export async function suspend(call: CommandCall): Promise<Answer> {
  const { target, refusal, entry, before } = prepare(call, "suspend");
  if (refusal !== undefined) return refusal;
  await call.store.moderate(entry);
  call.book.apply(entry);
  const notice: Notice = {
    code: "suspended",
    message: suspendedText(entry, entry.timeUs),
    by: entry.actor,
    ...(entry.reason === "" ? {} : { reason: entry.reason }),
    ...(entry.untilUs === undefined ? {} : { untilUs: entry.untilUs }),
  };
  const members = membersAs(call.host, target.identity);
  for (const member of members) call.host.tell(member, notice);
  const data = { ...entry, wasConnected: members.length > 0 };
  return done([doneText(entry, members, before)], data);
}

interface Prepared {
  readonly target: Target;
  /** Why it is not to be done. */
  readonly refusal: Answer | undefined;
  readonly entry: ModerationEntry;
  /** What it replaces. */
  readonly before: Sanction | undefined;
}

/** @throws {SyntaxError} when the command is given wrongly */
function prepare(call: CommandCall, action: Kind): Prepared {
  const { actor, book, clock } = call;
  const { word, rest } = splitWord(call.rest);
  const target = findTarget(call, word);
  const { timeMs = action === "suspend" ? SUSPEND_MS : undefined, reason } = splitTime(rest);
  if (timeMs === 0) throw new SyntaxError("wanted a time above 0");
  const nowUs = clock.wallUs();
  const untilUs = timeMs === undefined ? undefined : nowUs + Math.round(timeMs * 1000);
  const { identity, nick } = target;
  const entry = { timeUs: nowUs, actor: nameOf(actor), action, identity, nick, untilUs, reason };
  const before = book.find(action, identity, nowUs);
  const isTimed = timeMs !== undefined && rest !== reason;
  const fault = faultOfRank(call, target) ?? faultOfBan(call, action, target) ??
    faultOfRepeat(before, entry, isTimed);
  return {
    target,
    refusal: fault === undefined
      ? undefined
      : refused(safeText(`Cannot ${action} ${nick}: ${fault}`), before),
    entry,
    before,
  };
}

function faultOfRank({ actor, isOperator }: CommandCall, { identity }: Target): string | undefined {
  const member = memberOf(actor);
  if (member === undefined) return undefined;
  if (member.identity === identity) return "that is you";
  return isOperator(identity) ? "they are an operator; the console can" : undefined;
}

function faultOfBan(
  { book, clock }: CommandCall,
  action: Kind,
  { identity }: Target,
): string | undefined {
  const nowUs = clock.wallUs();
  const holding = action === "suspend" ? book.find("ban", identity, nowUs) : undefined;
  return holding === undefined ? undefined : `they are banned: ${sanctionText(holding, nowUs)}`;
}

/** Saying the same again is refused; another time replaces what holds. */
function faultOfRepeat(
  before: Sanction | undefined,
  { timeUs, untilUs, action }: ModerationEntry,
  isTimed: boolean,
): string | undefined {
  if (before === undefined) return undefined;
  const isSame = before.untilUs === undefined || untilUs === undefined
    ? before.untilUs === untilUs
    : !isTimed || Math.abs(before.untilUs - untilUs) < SAME_US;
  if (!isSame) return undefined;
  return `they are ${DONE[action as Kind]} already: ${sanctionText(before, timeUs)}; ` +
    "another time replaces it";
}

function doneText(
  entry: ModerationEntry,
  members: readonly Member[],
  before: Sanction | undefined,
): string {
  const { nick, action, untilUs, timeUs, reason } = entry;
  const others = members.map((member) => member.nick).filter((name) => name !== nick);
  const more = others.length > OTHERS_NAMED ? " ..." : "";
  const named = others.slice(0, OTHERS_NAMED).join(", ");
  const also = others.length === 0 ? "" : ` (connected as ${named}${more} too)`;
  const away = members.length === 0 ? " (not connected now)" : "";
  const why = reason === "" ? "" : `: ${reason}`;
  const instead = before === undefined ? "" : `; in place of: ${sanctionText(before, timeUs)}`;
  return safeText(
    `${nick}${away}${also} is ${DONE[action as Kind]}, ${
      timeLeft(untilUs, timeUs)
    }${why}${instead}`,
  );
}
