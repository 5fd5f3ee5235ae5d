import { foldCase } from "./fold_case.ts";

/** What a code point is to a word. */
export const WordClass = {
  /** No part of a word. */
  None: 0,
  /** Part of a word, and its bytes stay as they are. */
  Plain: 1,
  /** Part of a word that must be normalised or folded. */
  Changing: 2,
} as const;

const CODE_POINTS = 0x110000;
const PLANE = 0x10000;

/** Planes with letters, marks or digits, and those that may get some. */
const PLANES = [0, 1, 2, 3, 14];

const tables = new Map<boolean, Uint8Array>();

/**
 * The class of each code point, by the Unicode version of the runtime: letters, marks and decimal
 * digits make words. A code point that NFC changes or joins to the one before, or whose case is
 * folded where `foldsCase`, is `Changing`. Made at the first call.
 */
export function wordClasses(foldsCase: boolean): Uint8Array {
  const made = tables.get(foldsCase) ?? makeTable(foldsCase);
  tables.set(foldsCase, made);
  return made;
}

function makeTable(foldsCase: boolean): Uint8Array {
  const table = new Uint8Array(CODE_POINTS);
  const seconds = new Set<number>();
  for (const plane of PLANES) {
    for (let point = plane * PLANE; point < (plane + 1) * PLANE; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      const text = String.fromCodePoint(point);
      if (!/[\p{L}\p{M}\p{Nd}]/u.test(text)) continue;
      const parts = text.normalize("NFD");
      if (parts !== text) { for (const part of [...parts].slice(1)) seconds.add(codeOf(part)); }
      const changes = /\p{M}/u.test(text) || text.normalize("NFC") !== text ||
        (foldsCase && point >= 0x80 && foldCase(text) !== text);
      table[point] = changes ? WordClass.Changing : WordClass.Plain;
    }
  }
  for (const point of seconds) if (table[point] !== 0) table[point] = WordClass.Changing;
  return table;
}

function codeOf(text: string): number {
  return text.codePointAt(0) as number;
}
