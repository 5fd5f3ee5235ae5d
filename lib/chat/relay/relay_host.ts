import { nickKey } from "../nick/nick_key.ts";
import type { Notice } from "../messages.ts";
import type { ChatHost, Known, Member } from "../chat_host.ts";
import type { Shutdown } from "../server/shutdown.ts";
import type { RelayServer } from "./relay_server.ts";

/** What a {@linkcode RelayHost} has of a server. */
export type HostedRelay = Pick<RelayServer, "members" | "tell" | "tellAll" | "cut">;

/** A relay as moderation sees it: there are no rooms and no ranks, and names are not unique. */
export class RelayHost implements ChatHost {
  readonly #relay: HostedRelay;
  readonly #shutdown: Shutdown;

  constructor(relay: HostedRelay, shutdown: Shutdown) {
    this.#relay = relay;
    this.#shutdown = shutdown;
  }

  members(): Iterable<Member> {
    return this.#relay.members();
  }

  memberOf(author: number): Member | undefined {
    return [...this.members()].find((member) => member.author === author);
  }

  /** Somebody who is connected. @throws {SyntaxError} when several have that name */
  known(nick: string): Known | undefined {
    const key = nickKey(nick);
    const called = [...this.members()].filter((member) => nickKey(member.nick) === key);
    const identities = [...new Set(called.map(({ identity }) => identity))];
    if (identities.length > 1) {
      throw new SyntaxError(`several are called that: wanted one of ${identities.join(", ")}`);
    }
    const [member] = called;
    if (member === undefined) return undefined;
    const { author, identity, sinceUs: seenUs } = member;
    return { author, nick: member.nick, identity, seenUs, member };
  }

  rooms(): Iterable<never> {
    return [];
  }

  membersOf(): Iterable<never> {
    return [];
  }

  tell(member: Member, notice: Notice): void {
    this.#relay.tell(member, notice);
  }

  tellAll(notice: Notice): void {
    this.#relay.tellAll(notice);
  }

  cut(member: Member, code: `chat.${string}`, message: string): void {
    this.#relay.cut(member, code, message);
  }

  rankChanged(): void {}

  say(message: string): void {
    this.tellAll({ code: "say", message, by: "console" });
  }

  shutdown(inMs: number, reason: string): void {
    this.tellAll(this.#shutdown.plan(inMs, reason));
  }
}
