import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { MAX_NICK_BYTES } from "../limits.ts";
import { faultOfName } from "./check_name.ts";
import { nickKey } from "./nick_key.ts";

/** Most letters, digits and signs of a name, as code points. */
export const MAX_NICK_LETTERS = 24;

/** A name that can be had. */
export interface Nick {
  /** As it is shown: NFKC. */
  readonly nick: string;
  /** What nobody else may have: see `nickKey`. */
  readonly key: string;
}

/** What the server calls people who have no name. */
export const GUEST = "guest";

/** Nobody may look like one of these. */
const IMPOSTORS: ReadonlySet<string> = new Set(["console", "server", "tram"].map(nickKey));
const GUEST_KEY = nickKey(`${GUEST}-`);

/** Whom a name is for. */
export interface NickOptions {
  /** Whether the server itself gives the name: it may be `guest-7`. @default {false} */
  readonly isGiven?: boolean | undefined;
}

/**
 * Reads a nickname.
 *
 * @returns the name, or what is wrong with it: one line for people, safe to print
 */
export function parseNick(
  text: string,
  { isGiven = false }: NickOptions = {},
): Nick | { readonly error: string } {
  // Beyond this nothing is looked at: what is typed may be long.
  const typed = text.trim().slice(0, 4 * MAX_NICK_BYTES);
  const nick = typed.normalize("NFKC");
  const key = nickKey(nick);
  const fault = faultOfLength(nick) ?? faultOfName(nick) ?? faultOfMeaning(nick, key, isGiven);
  if (fault === undefined) return { nick, key };
  return {
    error: `Cannot use the name "${safeText(cutToBytes(typed, MAX_NICK_BYTES))}": ${fault}`,
  };
}

function faultOfLength(nick: string): string | undefined {
  const letters = [...nick].length;
  if (letters === 0 || letters > MAX_NICK_LETTERS) {
    return `wanted 1 to ${MAX_NICK_LETTERS} letters and digits`;
  }
  const { length } = new TextEncoder().encode(nick);
  if (length <= MAX_NICK_BYTES) return undefined;
  return `wanted at most ${MAX_NICK_BYTES} bytes, got ${length}`;
}

function faultOfMeaning(nick: string, key: string, isGiven: boolean): string | undefined {
  if (IMPOSTORS.has(key)) return "it is, or looks like, a name of the server";
  // What looks like "all" may be a name: Ali.
  if (nick.toLowerCase() === "all") return "it means everybody";
  if (!isGiven && key.startsWith(GUEST_KEY)) return `only the server gives names with ${GUEST}-`;
  return undefined;
}
