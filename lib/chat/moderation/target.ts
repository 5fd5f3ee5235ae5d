import { didYouMean } from "../../config/did_you_mean.ts";
import { safeText } from "../../terminal/safe_text.ts";
import type { ChatHost, Member } from "../chat_host.ts";
import type { Identity } from "../store/chat_store.ts";
import type { CommandCall } from "./command_call.ts";

/** Whom a command is about, connected or not. */
export interface Target {
  readonly identity: Identity;
  /** As others know it; not yet safe to print. */
  readonly nick: string;
  /** All that are connected as this identity: a token may be used by several at once. */
  readonly members: readonly Member[];
}

/** Somebody by what they are, whatever they are called. */
const IDENTITY = /^(?:token:[A-Za-z0-9._-]{1,32}|session:[1-9]\d{0,9})$/;

/** Names among which one that was mistyped is looked for, and the longest that is. */
const NAMES_COMPARED = 1000;
const LONGEST_COMPARED = 32;

/**
 * Finds whom a command means: by name, by the name that a ban has noted, or by `token:NAME` and
 * `session:NUMBER`.
 *
 * @param prefersSanctioned whether the name of somebody who is banned or suspended comes before the
 * same name of somebody who is not
 * @throws {SyntaxError} when there is nobody
 */
export function findTarget(
  { host, book, clock }: CommandCall,
  text: string,
  prefersSanctioned = false,
): Target {
  if (IDENTITY.test(text)) {
    const members = membersAs(host, text);
    return { identity: text, nick: members[0]?.nick ?? text, members };
  }
  const nick = text.replace(/^@/, "");
  if (nick === "") throw new SyntaxError("wanted a name");
  const known = host.known(nick);
  const sanction = book.findByNick(nick, clock.wallUs());
  const isOther = sanction !== undefined && sanction.identity !== known?.identity;
  const someone =
    known === undefined || isOther && prefersSanctioned && !isSanctioned(known.identity)
      ? sanction
      : known;
  if (someone !== undefined) {
    const { identity } = someone;
    return { identity, nick: someone.nick, members: membersAs(host, identity) };
  }
  const names = nick.length > LONGEST_COMPARED ? [] : namesOf(host);
  const hint = didYouMean(nick, names, (name) => `"${safeText(name)}"`);
  throw new SyntaxError(`nobody is called "${safeText(nick)}"${hint}`);

  function isSanctioned(identity: Identity): boolean {
    const nowUs = clock.wallUs();
    return (["ban", "suspend"] as const).some((kind) => book.find(kind, identity, nowUs));
  }
}

/** Names of some who are connected: in a crowd, comparing all would take long. */
function namesOf(host: ChatHost): readonly string[] {
  const names: string[] = [];
  for (const { nick } of host.members()) {
    if (names.push(nick) === NAMES_COMPARED) break;
  }
  return names;
}

/** Everybody who is connected as somebody now: others may come while something is made durable. */
export function membersAs(host: ChatHost, identity: Identity): readonly Member[] {
  return [...host.members()].filter((member) => member.identity === identity);
}
