/** A buffer of frames: part of a lane's queue. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** Bytes up to here are written to the stream. */
  sent: number;
  /** Bytes up to here are sealed frames. */
  end: number;
  /** Whether the last frame goes on in the next chunk. */
  readonly continues: boolean;
  /** Called when `bytes` are needed no longer; they may be used for something else if `canReuse`. */
  readonly release: (canReuse: boolean) => void;
}

/** A part of a chunk that may be written now. */
export interface SendPart {
  readonly chunk: Chunk;
  /** Bytes from `chunk.sent` on. */
  readonly length: number;
}
