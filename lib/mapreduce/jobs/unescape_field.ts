const BACKSLASH = 0x5c;
const MEANINGS: Readonly<Record<number, number>> = { 0x74: 0x09, 0x6e: 0x0a, 0x5c: 0x5c };

/** Takes back what `LineBuffer` escapes; a backslash before anything else stays. May be a view. */
export function unescapeField(field: Uint8Array): Uint8Array {
  if (!field.includes(BACKSLASH)) return field;
  const plain = new Uint8Array(field.length);
  let end = 0;
  for (let at = 0; at < field.length; at++) {
    const byte = field[at] as number;
    const meaning = byte === BACKSLASH ? MEANINGS[field[at + 1] ?? -1] : undefined;
    if (meaning !== undefined) at++;
    plain[end++] = meaning ?? byte;
  }
  return plain.subarray(0, end);
}
