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
 * ```
 */
import { defineService, type Kind, raw, type Service } from "../transport/service.ts";
import type { FrameView } from "../transport/frame_view.ts";

/** Bytes of a UUID. */
export const UUID_BYTES = 16;

/** Bytes of the payload of a REPLY. */
export const REPLY_BYTES = UUID_BYTES + 8;

/** Gap that stands for "there was no message before". */
export const NO_GAP = -1;

/** Largest payload of a REQUEST. */
export const MAX_REQUEST_BYTES = 65_536;

/** The service `timer`. */
export const timerService: Service<{
  readonly request: Kind<FrameView, Uint8Array>;
  readonly reply: Kind<FrameView, Uint8Array>;
}> = defineService({
  name: "timer",
  kinds: {
    request: raw(0x20, { minBytes: UUID_BYTES, maxBytes: MAX_REQUEST_BYTES }),
    reply: raw(0x21, { minBytes: REPLY_BYTES, maxBytes: REPLY_BYTES }),
  },
  maxFrameBytes: MAX_REQUEST_BYTES + 1,
  lanes: { normal: { maxBytes: 1024 * 1024, whenFull: "cut" } },
});
