/**
 * Makes texts equal that differ in case only: the lower case of the upper case, so that `ß` is
 * `ss`, with each sigma as `σ`, in normal form NFC. Near to Unicode's case folding, which the
 * language does not offer, and independent of a locale.
 */
export function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}
