/** A piece of DER (ITU-T X.690): a tag and what stands behind it. */
export interface DerItem {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags that certificates have. */
export const DerTag = {
  Boolean: 0x01,
  Integer: 0x02,
  OctetString: 0x04,
  ObjectId: 0x06,
  UtcTime: 0x17,
  GeneralizedTime: 0x18,
  Sequence: 0x30,
  Set: 0x31,
} as const;

/** The longest length that is read, in bytes: 16 MiB are enough for any certificate. */
const MAX_LENGTH_BYTES = 3;

/** All items of `bytes`, one after the other. @throws {SyntaxError} */
export function derItems(bytes: Uint8Array): DerItem[] {
  const items: DerItem[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++] ?? 0;
    let length = bytes[at++] ?? 0;
    if (at > bytes.length || (tag & 0x1f) === 0x1f) throw cannotRead();
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > MAX_LENGTH_BYTES || at + count > bytes.length) throw cannotRead();
      length = 0;
      for (let i = 0; i < count; i++) length = length << 8 | (bytes[at++] ?? 0);
    }
    if (at + length > bytes.length) throw cannotRead();
    items.push({ tag, content: bytes.subarray(at, at += length) });
  }
  return items;
}

/** Items inside of one that has `tag`. @throws {SyntaxError} */
export function derInside(item: DerItem | undefined, tag: number): DerItem[] {
  if (item?.tag !== tag) throw cannotRead();
  return derItems(item.content);
}

function cannotRead(): SyntaxError {
  return new SyntaxError("Cannot read DER: it is cut or broken");
}
