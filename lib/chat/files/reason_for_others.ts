/**
 * What the other side reads of an error on this disk: the reason, and nothing of how folders are called
 * here.
 *
 * @param what such as `it cannot be written there`
 * @param error with a message that ends in a colon and the reason
 */
export function reasonForOthers(what: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const at = message.lastIndexOf(": ");
  return at < 0 ? what : `${what}: ${message.slice(at + 2)}`.slice(0, 1000);
}
