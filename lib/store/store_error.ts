/** What keeps a store from doing what it should. */
export type StoreErrorCode =
  /** No room on the disk, or the largest size that was asked for is reached. */
  | "full"
  /** The file, its folder or the whole file system cannot be written. */
  | "read-only"
  /** Another server uses the store. */
  | "locked"
  /** Made by a newer version of tram. */
  | "newer"
  /** The file is something else. */
  | "not-a-store"
  /** Anything else; the message says what. */
  | "other";

/** Raised by stores and by nothing else. The message is one line for people. */
export class StoreError extends Error {
  override name = "StoreError";
  /** What a caller decides by. */
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
