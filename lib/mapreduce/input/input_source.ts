/** Where the bytes of an input come from: a file, a URL, or the coordinator. */

/** Bytes of one input. One call at a time. */
export interface InputSource extends AsyncDisposable {
  /** Bytes that it had when it was opened. */
  readonly size: number;
  /**
   * The bytes from `offset` on, exactly `length` of them, or fewer at the end: as many as there are. A
   * view, valid until the next call.
   *
   * @throws {InputError} when they cannot be read, or it is not what it was
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/**
 * Raised by sources: the input cannot be used (any further). The message is said of the input, without
 * its name: `has become shorter: ...`.
 */
export class InputError extends Error {
  override name = "InputError";
  /** What a caller decides by; the same as in a problem. */
  readonly code: "unreadable" | "changed";

  constructor(code: InputError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
