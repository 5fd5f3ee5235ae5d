import { setImmediate } from "node:timers";

/**
 * One turn of the event loop: everything that is ready gets its chance, sockets and timers of others
 * included. (A resolved promise is no such turn in Deno, nor is a message to oneself, nor an I/O call
 * whose data is there already.)
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
