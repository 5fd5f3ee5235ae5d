import { clientIdFrom } from "../../transport/handshake_messages.ts";
import type { Notes } from "./client_memory.ts";

/** Name of the note. */
const NOTE = "nick";

/** Which name to ask a server for; it has the last word. */
export class WantedName {
  readonly #notes: Notes;
  #nick: string;
  /** Somebody wants it, and the server was not asked. */
  #wish: string | undefined;

  /** @param said by somebody just now; else that of last time counts, or `fallback` */
  constructor(notes: Notes, said: string | undefined, fallback: string) {
    this.#notes = notes;
    this.#nick = said ?? notes.get(NOTE) ?? fallback;
    this.#wish = said;
  }

  /** What HELLO says. */
  get clientId(): string {
    return clientIdFrom(this.#nick);
  }

  /** Somebody wants another name. @param ask asks the server, if it can be asked */
  want(nick: string, ask: () => boolean): void {
    this.#nick = nick;
    this.#wish = ask() ? undefined : nick;
  }

  /** The server says what the name is. */
  is(nick: string): void {
    this.#nick = nick;
    this.#notes.set(NOTE, nick);
  }

  /** A new connection. @returns the name to ask for besides HELLO, which a session ignores that goes on */
  open(nick: string, isResumed: boolean): string | undefined {
    const wish = this.#wish;
    this.#wish = undefined;
    this.is(nick);
    return isResumed && wish !== nick ? wish : undefined;
  }
}
