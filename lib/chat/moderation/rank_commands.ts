/** `!op` and `!deop`. */
import { safeText } from "../../terminal/safe_text.ts";
import type { Notice } from "../messages.ts";
import type { ModerationEntry } from "../store/chat_store.ts";
import { memberOf, nameOf } from "./actor.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { checkReason, splitWord } from "./command_words.ts";
import { sanctionText } from "./sanction_text.ts";
import { findTarget, membersAs, type Target } from "./target.ts";

/** Makes somebody an operator, connected or not. */
export async function op(call: CommandCall): Promise<Answer> {
  const { book, clock, isOperator } = call;
  const { word, rest: reason } = splitWord(call.rest);
  const target = findTarget(call, word);
  const { identity, nick } = target;
  if (isOperator(identity)) {
    return refused(safeText(`Cannot make ${nick} an operator: they are one already`));
  }
  const nowUs = clock.wallUs();
  const ban = book.find("ban", identity, nowUs);
  if (ban !== undefined) {
    const held = sanctionText(ban, nowUs);
    return refused(
      safeText(`Cannot make ${nick} an operator: they are banned (${held}); !forgive them first`),
    );
  }
  const entry = await change(call, target, "op", reason);
  const line = identity.startsWith("token:")
    ? `${nick} is an operator now (${identity})`
    : `${nick} is an operator now, in this session only: their token has no name`;
  return done([safeText(line)], entry);
}

/** Takes the rank of an operator from somebody. */
export async function deop(call: CommandCall): Promise<Answer> {
  const { word, rest: reason } = splitWord(call.rest);
  const target = findTarget(call, word);
  const fault = faultOfDeop(call, target);
  if (fault !== undefined) {
    return refused(safeText(`Cannot take the rank from ${target.nick}: ${fault}`));
  }
  const entry = await change(call, target, "deop", reason);
  return done([safeText(`${target.nick} is no operator any more`)], entry);
}

function faultOfDeop(call: CommandCall, { identity }: Target): string | undefined {
  const member = memberOf(call.actor);
  if (!call.isOperator(identity)) return "they are no operator";
  if (call.isNamedOperator(identity)) {
    return "the server was started with them as --operator; start it without";
  }
  if (member === undefined || member.identity === identity) return undefined;
  return "they are an operator; the console can";
}

async function change(
  call: CommandCall,
  { identity, nick }: Target,
  action: "op" | "deop",
  reason: string,
): Promise<ModerationEntry> {
  const { actor, clock, host, store, book } = call;
  const by = nameOf(actor);
  checkReason(reason);
  const entry = { timeUs: clock.wallUs(), actor: by, action, identity, nick, reason };
  await store.moderate(entry);
  book.apply(entry);
  const notice: Notice = action === "op"
    ? { code: "operator", message: `You are an operator now, says ${by}; see !help`, by }
    : { code: "no-operator", message: `You are no operator any more, says ${by}`, by };
  for (const member of membersAs(host, identity)) host.tell(member, notice);
  host.rankChanged(identity);
  return entry;
}
