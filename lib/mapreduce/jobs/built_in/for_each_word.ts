/** Takes apart what a counter of words drains: `varint keyLength | key | varint valueLength | value`. */
export function forEachWord(
  entries: Uint8Array,
  onEntry: (key: Uint8Array, value: Uint8Array) => void,
): void {
  let at = 0;
  const part = (): Uint8Array => {
    let length = 0;
    for (let shift = 0;; shift += 7) {
      const byte = entries[at++] as number;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += length;
    return entries.subarray(at - length, at);
  };
  while (at < entries.length) {
    const key = part();
    onEntry(key, part());
  }
}
