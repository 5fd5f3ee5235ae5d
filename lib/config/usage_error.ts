/** What the user asked for cannot be done as asked; the message says what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
