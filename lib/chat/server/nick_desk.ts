import type { ChatStore } from "../store/chat_store.ts";
import type { Nick } from "../nick/parse_nick.ts";
import type { Guest } from "./guest.ts";
import type { Hall } from "./hall.ts";
import type { ChatMember } from "./member.ts";
import type { NameBook } from "./name_book.ts";
import type { Presence } from "./presence.ts";

/** What a {@linkcode NickDesk} works with. */
export interface NickDeskParts {
  readonly names: NameBook;
  readonly hall: Hall;
  readonly presence: Presence;
  readonly store: Pick<ChatStore, "setNick">;
  readonly wallUs: () => number;
  readonly onTrouble: (error: unknown) => void;
}

/** Gives names to those who come in, and other names to those who want one. */
export class NickDesk {
  readonly #parts: NickDeskParts;
  /** Sessions whose names the store did not take. */
  readonly #unsaved = new Set<number>();
  /** Sessions whose names are on their way into the store: one at a time, whoever changes them a lot. */
  readonly #saving = new Set<number>();

  constructor(parts: NickDeskParts) {
    this.#parts = parts;
  }

  /**
   * Gives a guest who comes in the name that it wants, if it can have it; else the one that it has,
   * or the nearest that is free.
   *
   * @returns what the guest is to be told, if that is another name than it wants
   */
  greet(guest: Guest, wanted: string): string | undefined {
    const { names, wallUs } = this.#parts;
    const nowUs = wallUs();
    const own = names.of(guest.author);
    const nick = names.read(wanted, guest, nowUs);
    if ("error" in nick && own !== undefined) {
      guest.nick = own.nick;
      own.identity = guest.identity;
      own.seenUs = nowUs;
      if (this.#unsaved.has(guest.author)) this.save(guest.author);
      return undefined;
    }
    const given = "error" in nick ? names.nearest(wanted, guest, nowUs) : nick;
    this.#give(guest, given, nowUs);
    return "error" in nick ? `You are ${given.nick}. ${nick.error}` : undefined;
  }

  /** Gives a member the name that it wants. @returns false when it cannot have it, and was told why */
  rename(member: ChatMember, wanted: string): boolean {
    const { guest } = member;
    const { names, wallUs } = this.#parts;
    const nowUs = wallUs();
    const nick = names.read(wanted, guest, nowUs);
    if ("error" in nick) {
      member.tell({ code: "nick-refused", message: nick.error });
      return false;
    }
    this.#give(guest, nick, nowUs);
    return true;
  }

  /** Tries again to store names that the store did not take. */
  saveAll(): void {
    for (const author of this.#unsaved) this.save(author);
  }

  /** Stores the name of a session. */
  save(author: number): void {
    const { names, store, wallUs, onTrouble } = this.#parts;
    const name = names.of(author);
    if (name === undefined) return void this.#unsaved.delete(author);
    if (this.#saving.has(author)) return;
    this.#saving.add(author);
    const { nick } = name;
    store.setNick(author, nick, wallUs()).then(
      () => {
        this.#saving.delete(author);
        this.#unsaved.delete(author);
        if (names.of(author)?.nick !== nick) this.save(author);
      },
      (error) => {
        this.#saving.delete(author);
        this.#unsaved.add(author);
        onTrouble(error);
      },
    );
  }

  #give(guest: Guest, nick: Nick, nowUs: number): void {
    const { names, hall, presence } = this.#parts;
    const before = names.of(guest.author);
    const loser = names.give(nick, guest, nowUs);
    const was = guest.nick;
    guest.nick = nick.nick;
    if (before?.nick !== nick.nick || this.#unsaved.has(guest.author)) this.save(guest.author);
    const lost = loser && hall.guests.get(loser.author);
    if (lost !== undefined) {
      presence.stop(lost);
      presence.leaveAll(lost, "another session of the same token has the name now");
    }
    if (was !== "" && was !== nick.nick) presence.tellAll(guest, "renamed", { was });
  }
}
