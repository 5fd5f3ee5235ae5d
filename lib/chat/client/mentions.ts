/** Whether `text` has `nick` in it as a word of its own, whatever the case. */
export function mentions(text: string, nick: string): boolean {
  if (nick === "" || text.length < nick.length) return false;
  const [inText, wanted] = [text.toLowerCase(), nick.toLowerCase()];
  for (let at = inText.indexOf(wanted); at >= 0; at = inText.indexOf(wanted, at + 1)) {
    const before = inText.slice(0, at).at(-1) ?? " ";
    const after = inText.slice(at + wanted.length).at(0) ?? " ";
    if (!isLetter(before) && !isLetter(after)) return true;
  }
  return false;
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{N}\p{M}_]/u.test(character);
}
