/** At most `maxChars` of a text, with an ellipsis in place of the rest. */
export function cutText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}…`;
}
