import type { WarcFields } from "./warc_fields.ts";

/** What a mapper is given. */
export interface InputRecord {
  /** Number of the input. */
  readonly input: number;
  /**
   * Where it begins. WARC: byte of the input as stored; of gzip, byte where the member begins (as in a
   * CDX index), so that records of one member have the same. Text: byte of the unpacked text.
   */
  readonly offset: number;
  /** Body of a WARC record, or a line without its LF: a view, valid until the next batch is asked for. */
  readonly body: Uint8Array;
  /** Named fields of a WARC record; `undefined` for lines. */
  readonly fields: WarcFields | undefined;
}

/** A part of the text of an input, for who does not need records as a whole: no size limit. */
export interface BodyPiece {
  /** A view, valid until the next batch is asked for; may be empty. */
  readonly bytes: Uint8Array;
  /** Whether a record ends behind it. Of text a piece may hold many lines, and ends with the split. */
  readonly isLast: boolean;
}
