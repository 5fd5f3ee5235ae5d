import type { Clock } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { NO_GAP, REPLY_BYTES, timerService, UUID_BYTES } from "./protocol.ts";

/**
 * The server's side of one client: answers each REQUEST with its UUID and the time since the one
 * before. The gap is taken where the frame is handled, before anything is sent.
 */
export function answerRequests(
  client: Connection<typeof timerService.kinds>,
  clock: Clock,
): (request: FrameView) => void {
  let previousNs: number | undefined;
  return (request) => {
    const nowNs = clock.monotonicNs();
    const reply = client.reserve(timerService.kinds.reply, REPLY_BYTES);
    if (reply === undefined) return; // leaving, or cut for reading too slowly
    for (let at = 0; at < UUID_BYTES; at += 4) reply.setUint32(at, request.getUint32(at));
    const gapNs = previousNs === undefined ? NO_GAP : Math.round(nowNs - previousNs);
    reply.setSafeInt64(UUID_BYTES, gapNs);
    reply.commit();
    previousNs = nowNs;
  };
}
