import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { MAX_ROOM_BYTES } from "../limits.ts";
import { faultOfName } from "./check_name.ts";

/** Most letters, digits and signs after the `#`, as code points. */
const MAX_ROOM_LETTERS = 32;

/**
 * Reads the name of a room, such as `#Lobby`. Case and width do not matter: it is `#lobby`.
 *
 * @returns the room, or what is wrong with its name: one line for people, safe to print
 */
export function parseRoom(
  text: string,
): { readonly room: string } | { readonly error: string } {
  const typed = text.trim().slice(0, 4 * MAX_ROOM_BYTES);
  const room = typed.normalize("NFKC").toLowerCase().normalize("NFKC");
  const fault = faultOfRoom(room);
  if (fault === undefined) return { room };
  const quoted = safeText(cutToBytes(typed, MAX_ROOM_BYTES));
  return { error: `Cannot use "${quoted}" as a room: ${fault}` };
}

function faultOfRoom(room: string): string | undefined {
  if (!room.startsWith("#")) return "wanted # and a name, such as #lobby";
  const letters = [...room].length - 1;
  if (letters === 0 || letters > MAX_ROOM_LETTERS) {
    return `wanted 1 to ${MAX_ROOM_LETTERS} letters and digits after the #`;
  }
  const { length } = new TextEncoder().encode(room);
  if (length > MAX_ROOM_BYTES) return `wanted at most ${MAX_ROOM_BYTES} bytes, got ${length}`;
  return faultOfName(room.slice(1));
}
