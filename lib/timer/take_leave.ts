import type { Clock } from "../clock/clock.ts";
import type { Server } from "../transport/listen.ts";
import { timerService } from "./protocol.ts";

/** How long clients may take to wait for their answers and leave, in milliseconds. */
export const LEAVE_TIMEOUT_MS = 1000;

/**
 * Tells all clients that the server is about to leave, and answers what is on its way until they are
 * gone. Who does not know LEAVING, or has more to ask, is not waited for longer than a second.
 */
export async function takeLeave(
  server: Server<typeof timerService.kinds>,
  clock: Clock,
): Promise<void> {
  const clients = [...server.connections];
  for (const client of clients) client.send(timerService.kinds.leaving, new Uint8Array());
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(LEAVE_TIMEOUT_MS, resolve);
  await Promise.race([promise, Promise.all(clients.map((client) => client.closed))]);
  timer.cancel();
}
