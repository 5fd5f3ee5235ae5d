import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { MAX_NICK_BYTES } from "../limits.ts";
import { GUEST, MAX_NICK_LETTERS, type Nick, parseNick } from "./parse_nick.ts";

/** Numbers that are tried one by one, so that the first few people get small ones. */
const ONE_BY_ONE = 9;
const HIGHEST = 1e12;

/**
 * The name that somebody gets: the one they want, else that one with a number (`ada-2`), else
 * `guest-7`. What a name cannot have becomes `-`.
 *
 * Asks about few names even when thousands want the same: numbers double until one is free, then the
 * gap is halved. So the number is not always the smallest.
 *
 * @param isTaken given a key, whether somebody has the name
 * @throws {RangeError} when each name that it tries is taken
 */
export function nearestFree(wanted: string, isTaken: (key: string) => boolean): Nick {
  const base = usable(wanted);
  if (base !== undefined && !isTaken(base.key)) return base;
  const names = base === undefined ? [GUEST] : [base.nick, GUEST];
  for (const name of names) {
    const free = numbered(name, name === GUEST ? 1 : 2, isTaken);
    if (free !== undefined) return free;
  }
  throw new RangeError("Cannot find a free name: all are taken");
}

/** What is wanted, or what is left of it without what a name cannot have. */
function usable(wanted: string): Nick | undefined {
  const asIs = parseNick(wanted);
  if ("nick" in asIs) return asIs;
  const cleaned = wanted.slice(0, 4 * MAX_NICK_BYTES).normalize("NFKC")
    .replace(/[^\p{L}\p{M}\p{Nd}_.-]+/gu, "-")
    .replace(/^[^\p{L}\p{Nd}]+|-+$/gu, "");
  const nick = parseNick(shortened(cleaned, 0));
  return "nick" in nick ? nick : undefined;
}

function numbered(
  name: string,
  first: number,
  isTaken: (key: string) => boolean,
): Nick | undefined {
  const free = (number: number): Nick | undefined => {
    const suffix = `-${number}`;
    const nick = parseNick(shortened(name, suffix.length) + suffix, { isGiven: true });
    return "nick" in nick && !isTaken(nick.key) ? nick : undefined;
  };
  for (let number = first; number <= ONE_BY_ONE; number++) {
    const nick = free(number);
    if (nick !== undefined) return nick;
  }
  let taken = ONE_BY_ONE;
  let high = 2 * taken;
  let best = free(high);
  for (; best === undefined && high < HIGHEST; best = free(high)) {
    taken = high;
    high *= 2;
  }
  while (best !== undefined && high - taken > 1) {
    const middle = Math.floor((taken + high) / 2);
    const nick = free(middle);
    if (nick === undefined) taken = middle;
    else [best, high] = [nick, middle];
  }
  return best;
}

/** `name` with room for a suffix of so many ASCII characters. */
function shortened(name: string, suffixLength: number): string {
  const letters = [...name].slice(0, MAX_NICK_LETTERS - suffixLength).join("");
  return cutToBytes(letters, MAX_NICK_BYTES - suffixLength);
}
