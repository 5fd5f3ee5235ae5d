import type { Clock } from "../clock/clock.ts";
import type { Connection } from "../transport/connection.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { NO_GAP, REPLY_BYTES, STOPPED_BYTES, timerService, UUID_BYTES } from "./protocol.ts";
import type { StopWatch } from "./stop_watch.ts";

/**
 * The server's side of one client: answers each REQUEST with its UUID and the time since the one
 * before, and says so when the server did not run meanwhile. The gap is taken where the frame is
 * handled, before anything is sent.
 */
export function answerRequests(
  client: Connection<typeof timerService.kinds>,
  clock: Clock,
  stopWatch: StopWatch,
): (request: FrameView) => void {
  let previousNs: number | undefined;
  let toldStoppedNs = stopWatch.totalNs;
  return (request) => {
    const nowNs = clock.monotonicNs();
    stopWatch.alive(nowNs);
    if (stopWatch.totalNs > toldStoppedNs) {
      const stopped = client.reserve(timerService.kinds.stopped, STOPPED_BYTES);
      stopped?.setSafeInt64(0, Math.round(stopWatch.totalNs - toldStoppedNs));
      stopped?.commit();
      toldStoppedNs = stopWatch.totalNs;
    }
    const reply = client.reserve(timerService.kinds.reply, REPLY_BYTES);
    if (reply === undefined) return; // leaving, or cut for reading too slowly
    for (let at = 0; at < UUID_BYTES; at += 4) reply.setUint32(at, request.getUint32(at));
    const gapNs = previousNs === undefined ? NO_GAP : Math.round(nowNs - previousNs);
    reply.setSafeInt64(UUID_BYTES, gapNs);
    reply.commit();
    previousNs = nowNs;
  };
}
