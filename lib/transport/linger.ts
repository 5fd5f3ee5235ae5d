import type { Clock } from "../clock/clock.ts";
import type { ByteStream } from "./network.ts";
import { writeAll } from "./write_all.ts";

/** How long a peer may take to read the last frame, in milliseconds. */
export const LINGER_MS = 1000;

/**
 * Ends a stream so that the peer can still read what was written last: sends `lastFrame`, ends the
 * writing direction, reads and forgets what comes until the peer hangs up, for at most a second. To
 * close at once with bytes unread would reset the connection and destroy what is on its way.
 */
export async function lingerAndClose(
  stream: ByteStream,
  clock: Clock,
  lastFrame?: Uint8Array,
): Promise<void> {
  const timer = clock.after(LINGER_MS, () => stream.close());
  try {
    if (lastFrame !== undefined) await writeAll(stream, lastFrame);
    await stream.closeWrite();
    const scrap = new Uint8Array(4096);
    while (await stream.read(scrap) !== null) await stream.giveWay?.();
  } catch {
    // The peer is gone: nobody is left to be told.
  } finally {
    timer.cancel();
    stream.close();
  }
}
