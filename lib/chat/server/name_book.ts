import { nearestFree } from "../nick/nearest_free.ts";
import { nickKey } from "../nick/nick_key.ts";
import { type Nick, parseNick } from "../nick/parse_nick.ts";
import type { Identity, SessionRow } from "../store/chat_store.ts";

/** How long a name is kept for a session that is not seen, in microseconds. */
const KEPT_US = 7 * 24 * 3600 * 1e6;

/** How long a name is kept for a session that has taken another, in microseconds. */
const FORMER_US = 24 * 3600 * 1e6;

/** Somebody's name. */
export interface Name extends Nick {
  readonly author: number;
  identity: Identity;
  /** When they were seen last, in microseconds since 1970. */
  seenUs: number;
}

/** Who asks for a name. */
export interface Asker {
  readonly author: number;
  readonly identity: Identity;
}

/** What a {@linkcode NameBook} asks. */
export interface NameBookParts {
  /** Whether a session is connected. */
  readonly isConnected: (author: number) => boolean;
  /** Whether somebody is banned: their names stay theirs. */
  readonly isBanned: (identity: Identity) => boolean;
}

/** Identity of a session that is known from the store. */
export function identityOf(author: number, tokenName: string): Identity {
  return tokenName === "" ? `session:${author}` : `token:${tokenName}`;
}

/** Who has which name. Nobody's name looks like another's. */
export class NameBook {
  readonly #parts: NameBookParts;
  readonly #byKey = new Map<string, Name>();
  readonly #byAuthor = new Map<number, Name>();
  /** By the name as it is shown, which is how it is typed most of the time. */
  readonly #byNick = new Map<string, Name>();
  /** The name before, of each who has changed it: others may still write to it. By author, and by key. */
  readonly #formers = new Map<number, Name>();
  readonly #formerByKey = new Map<string, Name>();

  /** @param rows sessions that have a name */
  constructor(rows: Iterable<SessionRow>, parts: NameBookParts) {
    this.#parts = parts;
    for (const { author, nick, tokenName, seenUs } of rows) {
      const identity = identityOf(author, tokenName);
      this.#note({ author, nick, key: nickKey(nick), identity, seenUs });
    }
  }

  /** By a name as it was typed. */
  find(nick: string): Name | undefined {
    const known = this.#byNick.get(nick) ?? this.#byKey.get(nickKey(nick));
    if (known !== undefined) return known;
    const former = this.#formerByKey.get(nickKey(nick));
    return former && this.#byAuthor.get(former.author);
  }

  /** Name of a session. */
  of(author: number): Name | undefined {
    return this.#byAuthor.get(author);
  }

  /** The name that somebody wants, or why it cannot be had: one line for people. */
  read(wanted: string, asker: Asker, nowUs: number): Nick | { readonly error: string } {
    const nick = parseNick(wanted);
    if ("error" in nick || !this.#isTaken(nick.key, asker, nowUs)) return nick;
    return {
      error: `Cannot use the name "${nick.nick}": somebody has it, or one that looks like it`,
    };
  }

  /** The name that somebody wants, or the nearest that is free. */
  nearest(wanted: string, asker: Asker, nowUs: number): Nick {
    return nearestFree(wanted, (key) => this.#isTaken(key, asker, nowUs));
  }

  /**
   * Gives a name that is free.
   *
   * @returns whoever has lost it by that
   */
  give({ nick, key }: Nick, { author, identity }: Asker, nowUs: number): Name | undefined {
    const before = this.#byAuthor.get(author);
    if (before !== undefined) this.#forget(before);
    if (before !== undefined && before.key !== key) this.#noteFormer({ ...before, seenUs: nowUs });
    const former = this.#formerByKey.get(key);
    if (former !== undefined) this.#forgetFormer(former);
    const loser = this.#byKey.get(key);
    if (loser !== undefined) this.#forget(loser);
    this.#note({ author, nick, key, identity, seenUs: nowUs });
    return loser;
  }

  #isTaken(key: string, { author, identity }: Asker, nowUs: number): boolean {
    const former = this.#formerByKey.get(key);
    const isOthers = former !== undefined && former.author !== author &&
      former.identity !== identity;
    if (isOthers && nowUs - former.seenUs < FORMER_US) return true;
    const holder = this.#byKey.get(key);
    if (holder === undefined || holder.author === author) return false;
    if (this.#parts.isConnected(holder.author)) return true;
    if (identity === holder.identity) return false;
    return nowUs - holder.seenUs < KEPT_US || this.#parts.isBanned(holder.identity);
  }

  #noteFormer(name: Name): void {
    const before = this.#formers.get(name.author);
    if (before !== undefined) this.#forgetFormer(before);
    this.#formers.set(name.author, name);
    this.#formerByKey.set(name.key, name);
  }

  #forgetFormer({ author, key }: Name): void {
    this.#formers.delete(author);
    this.#formerByKey.delete(key);
  }

  #note(name: Name): void {
    this.#byKey.set(name.key, name);
    this.#byAuthor.set(name.author, name);
    this.#byNick.set(name.nick, name);
  }

  #forget(name: Name): void {
    this.#byKey.delete(name.key);
    this.#byAuthor.delete(name.author);
    this.#byNick.delete(name.nick);
  }
}
