/** What is said of a terminal, without what moves its cursor. */
export function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what a terminal obeys
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\r/g, "");
}
