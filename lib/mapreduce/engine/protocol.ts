/**
 * The frames of `mapreduce` and `shuffle`, on top of `tram/1`. Specification: `docs/protocol.md`,
 * "mapreduce". C is the coordinator, which listens, W a worker. Every map output, fetch and reduce output
 * has the name of its attempt: epoch of the job, kind, task, attempt. What names an attempt that does not
 * run any more is refused.
 *
 * ```text
 * mapreduce
 * JOB         0x20 C→W  JSON: run, epoch, partitions, what to do; the first frame after WELCOME
 * JOIN        0x21 W→C  JSON: who the worker is, its slots and its port of `shuffle`, what it holds
 * RUN_MAP     0x22 C→W  JSON: an attempt, its splits and inputs
 * RUN_REDUCE  0x23 C→W  JSON: an attempt, and where all map outputs are
 * MOVED       0x24 C→W  JSON: where a map output is now, for the reduce attempts that run
 * CANCEL      0x25 C→W  JSON: an attempt ends, or what it made goes
 * PROGRESS    0x26 W→C  JSON: how far an attempt is; at most one a second, and only if it got on
 * MAP_DONE    0x27 W→C  JSON: sizes and checksums of the partitions, counters, problems
 * FAILED      0x28 W→C  JSON: an attempt did not get through, and why
 * OVER        0x29 C→W  JSON: the job has ended
 * OUTPUT      0x2a bulk W→C | epoch u32 | partition u32 | attempt u32 | bytes |    of a reduce attempt
 * REDUCE_DONE 0x2b bulk W→C JSON: size and CRC-32 of the output, behind the last of it
 * FETCH       0x2c      JSON: W→C asks for a run that it cannot get directly; C→W asks who has it
 * READ        0x2d W→C  JSON: asks for bytes of an input
 * DATA        0x2e bulk | id u32 | bytes |      answers FETCH and READ, both ways; relayed as it is
 * DATA_END    0x2f bulk JSON: no more comes for this id, and why, if that is too early
 *
 * shuffle, between two workers: who wants a run dials who has it
 * FETCH       0x20      JSON: a map attempt and a partition
 * DATA        0x21 bulk | id u32 | bytes |
 * DATA_END    0x22 bulk JSON
 * ```
 */
import type { FrameView } from "../../transport/frame_view.ts";
import { defineService, json, type Kind, raw, type Service } from "../../transport/service.ts";
import { MAX_MAP_DONE_BYTES } from "./fit_report.ts";
import * as m from "./messages.ts";

type Raw = Kind<FrameView, Uint8Array>;

/** Bytes of the parts of fixed length. */
export const ENGINE_BYTES = { outputHead: 12, dataHead: 4 } as const;

/** Code after JOIN: the worker is of another version than the coordinator, so outputs could differ. */
export const OTHER_VERSION = "mapreduce.version";

/** Code after JOIN: the id is another worker's. */
export const NOT_YOURS = "mapreduce.not-yours";

/** Most bytes of content in one bulk frame. */
export const PIECE_BYTES = 60 * 1024;

/** Most bytes of a control frame: a reduce attempt is told of each map task. */
const MAX_CONTROL_BYTES = 32 * 1024 * 1024;

/** Most bytes of a JOIN: what names {@linkcode MAX_HOLDS} outputs fits. */
const MAX_JOIN_BYTES = 8 * 1024 * 1024;

/** Most map outputs that a JOIN names; those beyond count as gone. */
export const MAX_HOLDS = 100_000;

/** Most bytes of what a worker says of one attempt, but for the reports of those that are through. */
const MAX_SAYING_BYTES = 128 * 1024;

/** Most bytes of a question. */
const MAX_QUESTION_BYTES = 4096;

/** Time between two signs of life: a worker that says nothing for three of them is gone. */
const HEARTBEAT_MS = 3000;

/** Credit for bulk: enough for a fast line, little enough for a hundred workers. */
const CREDIT_BYTES = 1024 * 1024;

const data = { lane: "bulk", credit: "service", minBytes: ENGINE_BYTES.dataHead } as const;

/** The service `mapreduce`. */
export const mapreduceService: Service<{
  readonly job: Kind<m.JobNotice>;
  readonly join: Kind<m.Join>;
  readonly runMap: Kind<m.RunMap>;
  readonly runReduce: Kind<m.RunReduce>;
  readonly moved: Kind<m.Moved>;
  readonly cancel: Kind<m.Cancel>;
  readonly progress: Kind<m.Progress>;
  readonly mapDone: Kind<m.MapDone>;
  readonly failed: Kind<m.Failed>;
  readonly over: Kind<m.Over>;
  readonly output: Raw;
  readonly reduceDone: Kind<m.ReduceDone>;
  readonly fetch: Kind<m.Fetch>;
  readonly read: Kind<m.ReadInput>;
  readonly data: Raw;
  readonly dataEnd: Kind<m.DataEnd>;
}> = defineService({
  name: "mapreduce",
  maxFrameBytes: MAX_CONTROL_BYTES,
  bulkCreditBytes: CREDIT_BYTES,
  heartbeatMs: HEARTBEAT_MS,
  lanes: { normal: { maxBytes: 2 * MAX_CONTROL_BYTES, whenFull: "wait" } },
  kinds: {
    job: json(0x20, m.jobNoticeSchema),
    join: json(0x21, m.joinSchema, { maxBytes: MAX_JOIN_BYTES }),
    runMap: json(0x22, m.runMapSchema),
    runReduce: json(0x23, m.runReduceSchema),
    moved: json(0x24, m.movedSchema),
    cancel: json(0x25, m.cancelSchema),
    progress: json(0x26, m.progressSchema, { maxBytes: MAX_SAYING_BYTES }),
    mapDone: json(0x27, m.mapDoneSchema, { maxBytes: MAX_MAP_DONE_BYTES }),
    failed: json(0x28, m.failedSchema, { maxBytes: MAX_SAYING_BYTES }),
    over: json(0x29, m.overSchema),
    output: raw(0x2a, { lane: "bulk", credit: "service", minBytes: ENGINE_BYTES.outputHead }),
    reduceDone: json(0x2b, m.reduceDoneSchema, { lane: "bulk" }),
    fetch: json(0x2c, m.fetchSchema, { maxBytes: MAX_QUESTION_BYTES }),
    read: json(0x2d, m.readInputSchema, { maxBytes: MAX_QUESTION_BYTES }),
    data: raw(0x2e, data),
    dataEnd: json(0x2f, m.dataEndSchema, { lane: "bulk" }),
  },
});

/** The kinds of `mapreduce`, by name. */
export type MapreduceKinds = typeof mapreduceService.kinds;

/** The service `shuffle`. */
export const shuffleService: Service<{
  readonly fetch: Kind<m.Fetch>;
  readonly data: Raw;
  readonly dataEnd: Kind<m.DataEnd>;
}> = defineService({
  name: "shuffle",
  bulkCreditBytes: CREDIT_BYTES,
  heartbeatMs: HEARTBEAT_MS,
  kinds: {
    fetch: json(0x20, m.fetchSchema),
    data: raw(0x21, data),
    dataEnd: json(0x22, m.dataEndSchema, { lane: "bulk" }),
  },
});

/** The kinds of `shuffle`, by name. */
export type ShuffleKinds = typeof shuffleService.kinds;
