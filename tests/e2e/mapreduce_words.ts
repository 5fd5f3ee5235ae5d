const encoder = new TextEncoder();

/** Words that occur often and seldom, in several scripts; the same at each run. */
export function text(words: number): string {
  const vocabulary = [
    "the",
    "of",
    "Straße",
    "naïve",
    "日本",
    "кот",
    "C:\\temp",
    "a\\n",
    "x\ty",
    "'s",
  ];
  let state = 7;
  let all = "";
  for (let at = 0; at < words; at++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const word = vocabulary[Math.floor(state / 65536) % vocabulary.length] ?? "";
    all += `${word}${state % 3 === 0 ? state % 997 : ""}${state % 7 === 0 ? "\n" : " "}`;
  }
  return all;
}

/** The oracle: counts of words, sorted by their bytes, as lines of output. */
export function countWords(of: string): string {
  const counts = new Map<string, number>();
  for (const word of of.split(/[ \t\n\r\v\f]+/)) {
    if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return linesOf(counts);
}

export function linesOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a], [b]) => compare(encoder.encode(a), encoder.encode(b)))
    .map(([word, count]) => `${word.replaceAll("\\", "\\\\")}\t${count}\n`).join("");
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] !== b[at]) return (a[at] ?? 0) - (b[at] ?? 0);
  }
  return a.length - b.length;
}
