/**
 * A name for a file from what somebody else calls it, safe to use in a folder of one's own, on this and
 * other systems: it names nothing outside, hides nothing, is no option, no device and no file of tram.
 *
 * Source of what Windows does not take: Microsoft, "Naming Files, Paths, and Namespaces".
 */
import { cutToBytes } from "../../terminal/cut_to_bytes.ts";
import { splitExtension } from "./split_extension.ts";

/** Most bytes of a safe name, as UTF-8; there is room for a number and an ending of ours up to 255. */
const MAX_NAME_BYTES = 200;
/** Rounds after which nothing changes any more; two are enough for all that is known. */
const MAX_ROUNDS = 8;

/** Ending of a file that is not whole yet. */
export const PART_ENDING = ".tram-part";
/** Ending of its journal. */
export const JOURNAL_ENDING = `${PART_ENDING}.journal`;

const OURS = /\.tram-part/gi;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\.|$)/iu;
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The last part of `name`, made safe: never empty, at most 200 bytes, the extension is kept. */
export function safeFileName(name: string): string {
  const parts = name.split(/[/\\]/);
  let safe = parts.findLast((part) => !/^[\s.]*$/.test(part)) ?? "";
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = safe;
    safe = safer(safe);
    if (safe === before) break;
  }
  return safe;
}

/** One round; what one step takes away may be what another had to see. */
function safer(name: string): string {
  let safe = name.replace(INVISIBLE, "").normalize("NFC");
  safe = safe.replace(/[<>:"|?*]/g, "_").replace(/\s+/gu, " ");
  safe = safe.replace(/^[ .]+/, "").replace(/[ .]+$/, "").replace(/^-/, "_");
  safe = safe.replace(OURS, "_part");
  if (DEVICE.test(safe)) safe = `_${safe}`;
  const { base, extension } = splitExtension(safe);
  const extensionBytes = new TextEncoder().encode(extension).length;
  const short = `${cutToBytes(base, MAX_NAME_BYTES - extensionBytes)}${extension}`;
  return short === "" ? "file" : short;
}
