/**
 * Letters that look like others. The idea, and most of the pairs, are from UTS #39 (Unicode security
 * mechanisms, `confusables.txt`); only the letters that names may have are here. Two things differ.
 * Names are compared without case, so a small letter stands here also for what its capital looks like
 * (`I` is `l`, so `i` is; Cyrillic `В` is `B`, so `в` is). And `vv` is `w`, as `rn` is `m`.
 *
 * Left apart on purpose: `cl` and `d`, as in UTS #39; a terminal's letters have their own columns.
 */

/** What looks alike, by what it looks like. Small letters, decomposed. */
const GROUPS: Readonly<Record<string, string>> = {
  // Digits and Latin.
  l: "1|iǀɩ",
  ll: "ǁ",
  o: "0",
  rn: "m",
  vv: "w",
  j: "ȷ",
  b: "ƅ",
  p: "ƿ",
  u: "ʋ",
  ae: "æ",
  oe: "œ",
  // Greek and Cyrillic, Armenian.
  a: "αа",
  e: "εеҽ",
  h: "ηнһհ",
  k: "κкқ",
  n: "ոռ",
  c: "с",
  d: "ԁ",
  f: "ք",
  g: "ց",
  q: "ԛզ",
  r: "г",
  s: "ѕտ",
  t: "τт",
  v: "νѵ",
  x: "χх",
  y: "γуү",
  z: "ζ",
};

/** The same, where one look has letters of several groups. */
const MORE: Readonly<Record<string, string>> = {
  l: "ιіӏլוןا丨",
  o: "οσоօסهဝଠഠᄋ〇",
  b: "βвь",
  p: "ρр",
  u: "υս",
  j: "ϳјյ",
  rn: "μм",
  vv: "ωѡԝա",
  ae: "ӕ",
  "3": "з",
  "6": "б",
  // Japanese, where Han and Kana stand side by side.
  工: "エ",
  力: "カ",
  夕: "タ",
  二: "ニ",
  八: "ハ",
  卜: "ト",
  口: "ロ",
  丿: "ノ",
  一: "ー",
  へ: "ヘ",
};

/** What a letter is taken for, by letter; letters that look like nothing else are not in it. */
export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [GROUPS, MORE].flatMap((table) =>
    Object.entries(table).flatMap(([look, letters]) =>
      [...letters].map((letter) => [letter, look] as const)
    )
  ),
);
