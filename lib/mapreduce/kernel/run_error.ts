/** A run that is cut, or not as it was written. */
export class RunError extends Error {
  override readonly name = "RunError";

  constructor(
    /** `torn` is a run without its end, `corrupt` one that was changed. */
    readonly code: "torn" | "corrupt",
    message: string,
  ) {
    super(message);
  }
}
