/** Raised when a job cannot be done; the message is one line for people. */
export class JobError extends Error {
  override name = "JobError";
  /** Whether trying again cannot help: the same record does the same everywhere. */
  readonly isFinal: boolean;

  /** @param options `isFinal` is false unless given */
  constructor(message: string, options: ErrorOptions & { readonly isFinal?: boolean } = {}) {
    super(message, options);
    this.isFinal = options.isFinal ?? false;
  }
}
