/** Parts of a text between commas, but for those inside of brackets: `a[1,2],b` has two. */
export function splitOutsideBrackets(text: string): readonly string[] {
  return text.split(/,(?![^[]*\])/);
}
