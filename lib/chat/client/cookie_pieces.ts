import type { Action } from "./client_commands.ts";
import { COOKIE_LETTERS, isCookieLike, MIN_PART_LETTERS, parseCookie } from "./cookie_text.ts";

/**
 * Puts a cookie together that was pasted with line feeds in it, as some terminals copy what is wider
 * than they are. Its second half is a line of its own then, which must not be said to a room.
 */
export class CookiePieces {
  readonly #tell: (line: string) => void;
  #pieces = "";

  /** @param tell tells the person what is missing */
  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** `!reconnect` with what is no cookie, but may be the beginning of one. */
  begin(part: string): void {
    this.#pieces = part;
    const missing = COOKIE_LETTERS - part.length;
    this.#tell(
      missing > 0
        ? `This cookie lacks ${missing} letters: what follows is taken for its rest`
        : `This is no cookie: it has ${part.length} letters, wanted ${COOKIE_LETTERS}`,
    );
  }

  /** A line that is typed next. @returns what to do instead of what it says; `undefined`: that */
  next(line: string): Action | { readonly type: "wrong"; readonly why: string } | undefined {
    const pieces = this.#pieces;
    this.#pieces = "";
    const part = line.trim();
    if (pieces === "" || !isCookieLike(part)) return undefined;
    const all = pieces + part;
    const session = parseCookie(all);
    if (session !== undefined) return { type: "reconnect", session };
    const isMiddle = all.length < COOKIE_LETTERS && part.length >= MIN_PART_LETTERS;
    if (isMiddle) return { type: "part-of-cookie", part: all };
    const why = "Not said, since it may be a part of a cookie; the same once more is said";
    return { type: "wrong", why };
  }
}
