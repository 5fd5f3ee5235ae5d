/**
 * The frames of `timer`, on top of `tram/1`. Specification: `docs/protocol.md`, "timer".
 *
 * ```text
 * REQUEST 0x20   0        16
 *                +--------+- - - - - +
 *                | UUID   | padding  |
 *                +--------+- - - - - +
 * REPLY   0x21   0        16       24
 *                +--------+--------+
 *                | UUID   | gap ns |     i64; -1 when there was no message before
 *                +--------+--------+
 * STOPPED 0x80   0        8
 *                +--------+
 *                | ns     |     i64; ahead of the first REPLY after the server did not run
 *                +--------+
 * LEAVING 0x81   empty; the server is about to say goodbye and answers what is on its way
 * ```
 */
import { defineService, type Kind, raw, type Service } from "../transport/service.ts";
import type { FrameView } from "../transport/frame_view.ts";
import { MAX_REQUEST_BYTES, UUID_BYTES } from "./request_bytes.ts";

export { UUID_BYTES };

/** Bytes of the payload of a REPLY. */
export const REPLY_BYTES = UUID_BYTES + 8;

/** Bytes of the payload of a STOPPED. */
export const STOPPED_BYTES = 8;

/** Gap that stands for "there was no message before". */
export const NO_GAP = -1;

/** The service `timer`. */
export const timerService: Service<{
  readonly request: Kind<FrameView, Uint8Array>;
  readonly reply: Kind<FrameView, Uint8Array>;
  readonly stopped: Kind<FrameView, Uint8Array>;
  readonly leaving: Kind<FrameView, Uint8Array>;
}> = defineService({
  name: "timer",
  kinds: {
    request: raw(0x20, { minBytes: UUID_BYTES, maxBytes: MAX_REQUEST_BYTES }),
    reply: raw(0x21, { minBytes: REPLY_BYTES, maxBytes: REPLY_BYTES }),
    stopped: raw(0x80, { minBytes: STOPPED_BYTES, maxBytes: STOPPED_BYTES }),
    leaving: raw(0x81, { maxBytes: 0 }),
  },
  maxFrameBytes: MAX_REQUEST_BYTES + 1,
  lanes: { normal: { maxBytes: 1024 * 1024, whenFull: "cut" } },
});

/** The same for clients: one that has much to send waits for room, it does not cut itself off. */
export const timerClientService: typeof timerService = {
  ...timerService,
  lanes: {
    ...timerService.lanes,
    normal: { ...timerService.lanes.normal, whenFull: "wait" },
  },
};
