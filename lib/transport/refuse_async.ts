/**
 * Handlers are synchronous: an async one has lost its view by the time it goes on, its verdict comes
 * too late, and nobody hears it fail.
 *
 * @param result what a handler returned
 * @throws {TypeError} when that is a promise
 */
export function refuseAsync(result: unknown): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => {});
  throw new TypeError("A handler returned a promise: handlers are synchronous");
}
