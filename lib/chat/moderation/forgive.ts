import { safeText } from "../../terminal/safe_text.ts";
import type { ModerationEntry } from "../store/chat_store.ts";
import { nameOf } from "./actor.ts";
import { type Answer, type CommandCall, done, refused } from "./command_call.ts";
import { checkReason, splitWord } from "./command_words.ts";
import { sanctionText } from "./sanction_text.ts";
import { findTarget, membersAs } from "./target.ts";

/** `!forgive`: undoes what holds for somebody, ban and suspension. */
export async function forgive(call: CommandCall): Promise<Answer> {
  const { actor, book, clock, host, store } = call;
  const { word, rest: reason } = splitWord(call.rest);
  const { identity, nick } = findTarget(call, word, true);
  const nowUs = clock.wallUs();
  const held = (["ban", "suspend"] as const).flatMap((kind) =>
    book.find(kind, identity, nowUs) ?? []
  );
  if (held.length === 0) {
    return refused(safeText(`Cannot forgive ${nick}: they are neither banned nor suspended`));
  }
  const entry: ModerationEntry = {
    timeUs: nowUs,
    actor: nameOf(actor),
    action: "forgive",
    identity,
    nick,
    reason: checkReason(reason),
  };
  await store.moderate(entry);
  book.apply(entry);
  const message = `You are not suspended any more: ${entry.actor} has forgiven you`;
  for (const member of membersAs(host, identity)) {
    host.tell(member, { code: "forgiven", message, by: entry.actor });
  }
  const lines = held.map((each) => {
    const what = each.action === "ban" ? "banned" : "suspended";
    return safeText(`${nick} is not ${what} any more (it was: ${sanctionText(each, nowUs)})`);
  });
  return done(lines, { ...entry, held });
}
