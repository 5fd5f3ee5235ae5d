/**
 * The frames of `collect`, on top of `tram/1`. Specification: `docs/protocol.md`, "collect". Wall times
 * are i64 microseconds since 1970; *steps* count how often a side has seen its own clock being set, so
 * that a time set back is told apart from the same time before. *Previous* is the last sequence of
 * the SAMPLES before in this session (0 for the first): what lies between it and *first* the client
 * had to drop.
 *
 * ```text
 * SAMPLES     0x20 C→S  | previous sequence u64 | first sequence u64 | client steps u32 | time i64 | …
 * ACK         0x21 S→C  | sequence u64 |                     all up to it are committed
 * PROBE       0x22 C→S  | number u32 | t1 i64 |
 * PROBE_REPLY 0x23 S→C  | number u32 | server steps u32 | t1 i64 | t2 i64 | t3 i64 |
 * PROBED      0x24 C→S  | client steps u32 | server steps u32 | t1 i64 | t2 i64 | t3 i64 | t4 i64 |
 * ESTIMATE    0x25 S→C  | at i64 | offset us i64 | bound us i64 | frequency ppb i64 | quiet u8 |
 * STEP        0x26 C→S  | client steps u32 | wall i64 | size i64 | error i64 | within i64 | suspend? u8 |
 * END         0x27 C→S  | last sequence u64 |                no sample follows this one, ever
 * REPORT      0x30 C→S  JSON: which clients, or all          see `report_messages.ts`
 * REPORTED    0x31 S→C  JSON: a client, or part of one; the last one says how many frames there were
 * ```
 */
import type { FrameView } from "../transport/frame_view.ts";
import { defineService, json, type Kind, raw, type Service } from "../transport/service.ts";
import {
  type Reported,
  reportedSchema,
  type ReportRequest,
  reportRequestSchema,
} from "./report_messages.ts";

/** Bytes of a SAMPLES before the first time. */
export const SAMPLES_HEAD_BYTES = 20;

/** Bytes of a time. */
export const TIME_BYTES = 8;

/** Most times of one SAMPLES. */
export const MAX_BATCH = 4096;

/** Bytes of the payloads that have a fixed length. */
export const COLLECT_BYTES = {
  ack: 8,
  probe: 12,
  probeReply: 32,
  probed: 40,
  estimate: 33,
  step: 37,
  end: 8,
} as const;

type Raw = Kind<FrameView, Uint8Array>;

const fixed = (code: number, bytes: number) => raw(code, { minBytes: bytes, maxBytes: bytes });

/** The service `collect`. */
export const collectService: Service<{
  readonly samples: Raw;
  readonly ack: Raw;
  readonly probe: Raw;
  readonly probeReply: Raw;
  readonly probed: Raw;
  readonly estimate: Raw;
  readonly step: Raw;
  readonly end: Raw;
  readonly report: Kind<ReportRequest>;
  readonly reported: Kind<Reported>;
}> = defineService({
  name: "collect",
  kinds: {
    samples: raw(0x20, {
      minBytes: SAMPLES_HEAD_BYTES + TIME_BYTES,
      maxBytes: SAMPLES_HEAD_BYTES + MAX_BATCH * TIME_BYTES,
    }),
    ack: fixed(0x21, COLLECT_BYTES.ack),
    probe: fixed(0x22, COLLECT_BYTES.probe),
    probeReply: fixed(0x23, COLLECT_BYTES.probeReply),
    probed: fixed(0x24, COLLECT_BYTES.probed),
    estimate: fixed(0x25, COLLECT_BYTES.estimate),
    step: fixed(0x26, COLLECT_BYTES.step),
    end: fixed(0x27, COLLECT_BYTES.end),
    report: json(0x30, reportRequestSchema),
    reported: json(0x31, reportedSchema),
  },
});
