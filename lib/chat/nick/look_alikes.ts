/**
 * Letters that look like others. The idea, and most of the pairs, are from UTS #39 (Unicode security
 * mechanisms, `confusables.txt`); only what names may hold is here. Names are compared without case,
 * so a small letter stands here also for what its capital looks like: `I` is `l`, so `i` is; Cyrillic
 * `В` is `B`, so `в` is. And `vv` is `w`, as `rn` is `m`.
 * Where the two look like different letters (Greek `ν` and `Ν`), the small one counts, but for `η`.
 *
 * Left apart on purpose: `cl` and `d`, as in UTS #39; a terminal's letters have their own columns.
 */

/** A look, then the letters that have it. All small, all decomposed. */
const GROUPS: readonly string[] = [
  // Latin and digits; Greek, Cyrillic, Armenian; Hebrew, Arabic and others where they look so.
  "a αа",
  "ae æӕ",
  "b ƅβвь",
  "bl ы",
  "c с",
  "d ԁ",
  "e εеҽ",
  "f քϝ",
  "g ցƍԍ",
  "h ηнһհ",
  "j ȷϳјյ",
  "k κкқ",
  "l 1|iǀɩιіӏլוןا丨",
  "ll ǁװ",
  "lo ю",
  "n ոռ",
  "o 0οσоօסهہھەဝଠഠዐᄋ〇",
  "oe œ",
  "oo ꚙ",
  "p ƿρр",
  "q ԛզգ",
  "r гʀ",
  "rn mμмϻ",
  "s ѕտƽ",
  "t τт",
  "u ʋυսሀ",
  "v νѵ",
  "vv wωѡԝա",
  "x χх",
  "y γуүɣყ",
  "z ζ",
  "2 ƨꙅ",
  "3 зʒȝӡჳ",
  "6 б",
  "8 ȣ",
  // Letters that look like none of these, and like each other, some as capitals only.
  "đ ðɖ",
  "ħ ћ",
  "ə ǝә",
  "ɵ өѳθ",
  "ɔ ͻ",
  "π п",
  "φ ф",
  "ψ ѱ",
  "λ л",
  "ك کڪ",
  "ى يی",
  // Japanese, where Han and Kana stand side by side.
  "工 エ",
  "力 カ",
  "夕 タ",
  "二 ニ",
  "八 ハ",
  "卜 ト",
  "口 ロ囗",
  "丿 ノ",
  "一 ー",
  "へ ヘ",
  "士 土",
  // Marks: caron and breve, cedilla and comma, two acutes and two dots, ring and dot.
  "\u0306 \u030c",
  "\u0326 \u0327",
  "\u0308 \u030b",
  "\u030a \u0307",
];

/** What a letter is taken for, by letter; letters that look like nothing else are not in it. */
export const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  GROUPS.flatMap((group) => {
    const [look = "", letters = ""] = group.split(" ");
    return [...letters].map((letter) => [letter, look] as const);
  }),
);
