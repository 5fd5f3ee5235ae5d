import type { Clock } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import type { Connection } from "../../transport/connection.ts";
import type { ChatKinds } from "../protocol.ts";

/** Bytes that may wait in a connection before more of what was said earlier is sent. */
export const MAX_WAITING_BYTES = 256 * 1024;

/** How often it is looked whether they are fewer, in milliseconds. */
const LOOK_MS = 10;

/** How often, before a file that waits for its receiver is taken for the reason. */
const MAX_LOOKS = 100;

/** Whether more of what was said earlier may be sent now. */
export function hasLaneRoom(connection: Connection<ChatKinds>): boolean {
  return connection.stats.bytesQueued <= MAX_WAITING_BYTES;
}

/**
 * Waits until more of what was said earlier may be sent. Bytes of files count too, and may wait for
 * their receiver without end: after a second, half a lane of room is enough.
 *
 * @returns false when the connection is no longer open
 */
export async function laneRoom(connection: Connection<ChatKinds>, clock: Clock): Promise<boolean> {
  for (let looks = 0; connection.isOpen && !hasLaneRoom(connection); looks++) {
    if (looks >= MAX_LOOKS) return await connection.writable();
    await sleep(clock, LOOK_MS);
  }
  return connection.isOpen;
}
