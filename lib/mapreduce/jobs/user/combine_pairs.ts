import { forEachPair, PairBuffer } from "./pairs.ts";

/** Values by key, of pairs that were emitted, and what the job makes of them: pairs again. */
export function combinePairs(
  bytes: Uint8Array,
  combine: (key: Uint8Array, values: readonly Uint8Array[]) => Iterable<Uint8Array>,
): Uint8Array {
  const groups = new Map<string, { key: Uint8Array; values: Uint8Array[] }>();
  forEachPair(bytes, (key, value) => {
    let text = "";
    for (const byte of key) text += String.fromCharCode(byte);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { key, values: [value] });
    else group.values.push(value);
  });
  const combined = new PairBuffer();
  for (const { key, values } of groups.values()) {
    for (const value of combine(key, values)) {
      combined.addBytes(key);
      combined.addBytes(value);
    }
  }
  return combined.bytes;
}
