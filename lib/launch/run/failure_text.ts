/** How many copies that failed in the same way are named. */
const MAX_NAMES = 5;

/**
 * What is said of copies that failed in the same way; of very many, some are named.
 *
 * @param why goes on from the names ("ended with 3"), or is a sentence of its own ("Cannot …")
 */
export function failureText(names: readonly string[], why: string): string {
  const shown = names.length > MAX_NAMES ? names.slice(0, MAX_NAMES - 1) : names;
  const more = names.length - shown.length;
  const all = [...shown, ...more === 0 ? [] : [`${more} more`]].join(", ");
  const link = /^\p{Lu}/u.test(why) && all !== "" ? ": " : " ";
  return `${all}${link}${names.length > 1 ? why.replace(/^was /, "were ") : why}`.trim();
}
