import { setImmediate } from "node:timers";

/**
 * One turn of the event loop: everything that is known to be ready gets its chance, timers included.
 * (A resolved promise is no such turn in Deno, nor is a message to oneself, nor an I/O call whose data
 * is there already.) What has come on sockets meanwhile is found out when the loop has nothing else to
 * do: see `giveWay`.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
