/** Texts that are names, or nearly so. */
import fc from "fast-check";

const LETTERS = [
  ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  ..."_-.",
  ..."ßẞſıİéÉœŁøǅ",
  ..."абвеклмнорстухіјѕԁһԛԝӏ",
  ..."АВЕКМНОРСТХ",
  ..."αβγεηικμνορστυχωςΣΝ",
  ..."王工エカ力ーさ가각דא٢٣२२ก็",
  "\u0301",
  "\u0308",
  "\u200d",
  "\u202e",
  " ",
  "!",
  "Ａ",
  "１",
  "ﬁ",
  "𝐚",
];

/** Letters of one script more often than of several, so that many are good names. */
export function nickLike(): fc.Arbitrary<string> {
  const ascii = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$/);
  const cyrillic = fc.stringMatching(/^[а-яА-ЯЁёіїѕ][а-яА-ЯЁёіїѕ0-9_.-]{0,23}$/u);
  const greek = fc.stringMatching(/^[α-ωΑ-Ρ][α-ωΑ-ΡΣ-Ω0-9ςάή]{0,23}$/u);
  const latin = fc.stringMatching(/^[a-zß-öø-ɏẞĲŉ][A-Za-zß-öø-ɏ0-9\u0301]{0,23}$/u);
  const mixed = fc.array(fc.constantFrom(...LETTERS), { maxLength: 30 }).map((all) => all.join(""));
  return fc.oneof(ascii, cyrillic, greek, latin, mixed);
}
