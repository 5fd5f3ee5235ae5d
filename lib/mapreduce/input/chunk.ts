/** A part of the unpacked bytes of a split, in order. */
export interface Chunk {
  /** A view, valid until the next chunk is asked for; may be empty. */
  readonly bytes: Uint8Array;
  /** Members of gzip that begin in it, in order. */
  readonly starts: readonly MemberStart[];
  /** Something is missing in front of it, which a problem names already. */
  readonly isAfterGap: boolean;
}

/** Where a member of gzip begins. */
export interface MemberStart {
  /** Byte of what was unpacked of the split. */
  readonly unpacked: number;
  /** Byte of the input. */
  readonly stored: number;
}
