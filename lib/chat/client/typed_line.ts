import type { EntryCodec } from "../../transport/session/state_content.ts";

/** A line that was typed and that the server may not have yet. */
export interface TypedLine {
  /** `#room`, `@nick`; empty in a relay. */
  readonly where: string;
  readonly text: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How typed lines stand in a state file: length of `where` in a byte, `where`, text; UTF-8. */
export const typedLineCodec: EntryCodec<TypedLine> = {
  encode({ where, text }) {
    const [whereBytes, textBytes] = [encoder.encode(where), encoder.encode(text)];
    if (whereBytes.length > 0xff) {
      throw new RangeError(`Cannot keep a line for a place of ${whereBytes.length} bytes`);
    }
    const bytes = new Uint8Array(1 + whereBytes.length + textBytes.length);
    bytes[0] = whereBytes.length;
    bytes.set(whereBytes, 1);
    bytes.set(textBytes, 1 + whereBytes.length);
    return bytes;
  },
  decode(bytes) {
    const textAt = 1 + (bytes[0] ?? 0);
    if (bytes.length < textAt) throw new RangeError(`Cannot read a line of ${bytes.length} bytes`);
    return {
      where: decoder.decode(bytes.subarray(1, textAt)),
      text: decoder.decode(bytes.subarray(textAt)),
    };
  },
};
