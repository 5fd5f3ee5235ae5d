/**
 * What the control frames of `mapreduce` say: see `protocol.ts` for who sends them when.
 *
 * Longer than 300 lines: each message stands beside its schema, and all share a few parts.
 */
import * as v from "valibot";
import type { Input } from "../input/input.ts";
import { type Problem, PROBLEM_CODES } from "../input/problem.ts";
import type { Split } from "../input/split.ts";
import type { AttemptName } from "./attempt_name.ts";
import { MAX_PARTITIONS } from "./max_partitions.ts";

/** Most UTF-16 code units of a line of text. */
export const MAX_LINE_LENGTH = 10_000;

/** Most UTF-16 code units of the name of a counter. */
export const MAX_COUNTER_NAME_LENGTH = 300;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Fits the binary frames, too. */
const u32 = v.pipe(whole, v.maxValue(2 ** 32 - 1));
const line = v.pipe(v.string(), v.maxLength(MAX_LINE_LENGTH));
const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/));

/** An attempt. */
export const attemptNameSchema: v.GenericSchema<AttemptName> = v.object({
  epoch: u32,
  kind: v.picklist(["map", "reduce"]),
  task: u32,
  attempt: u32,
});
const mapNameSchema: v.GenericSchema<AttemptName> = v.object({
  epoch: u32,
  kind: v.literal("map"),
  task: u32,
  attempt: u32,
});
const reduceNameSchema: v.GenericSchema<AttemptName> = v.object({
  epoch: u32,
  kind: v.literal("reduce"),
  task: u32,
  attempt: u32,
});

/** A worker says who it is and what it has: its first frame. */
export interface Join {
  /** Id of the process: another one after a restart. */
  readonly worker: string;
  /** Name of the machine, for people. */
  readonly host: string;
  readonly pid: number;
  /** Tasks that it runs at once. */
  readonly slots: number;
  /** Where other workers reach its `shuffle`; empty: on the address that it comes from. */
  readonly shuffleHost: string;
  readonly shufflePort: number;
  /** Run of tram that the outputs are of; empty without any. */
  readonly run: string;
  /** What it runs on, as far as outputs depend on it: see `ENGINE_VERSION`. Others need not say it. */
  readonly version?: string;
  /** Known to it and the coordinator alone: who joins by the same id must have the same. */
  readonly secret?: string;
  /** Map outputs on its disk. */
  readonly holds: readonly AttemptName[];
}
/** Checks {@linkcode Join}. */
export const joinSchema: v.GenericSchema<Join> = v.object({
  worker: id,
  host: line,
  pid: whole,
  slots: v.pipe(whole, v.minValue(1), v.maxValue(4096)),
  shuffleHost: v.pipe(v.string(), v.maxLength(255)),
  shufflePort: v.pipe(whole, v.maxValue(65535)),
  run: line,
  version: v.exactOptional(line),
  secret: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  holds: v.array(mapNameSchema),
});

/** The job: the first frame that a worker gets, before it joins. */
export interface JobNotice {
  /** Id of the run; the same when it is resumed. */
  readonly run: string;
  readonly epoch: number;
  readonly partitions: number;
  /** What to do with records: JSON of the jobs, which the engine does not look at. */
  readonly job: string;
}
/** Checks {@linkcode JobNotice}. */
export const jobNoticeSchema: v.GenericSchema<JobNotice> = v.object({
  run: line,
  epoch: u32,
  partitions: v.pipe(u32, v.minValue(1), v.maxValue(MAX_PARTITIONS)),
  job: v.string(),
});

const splitSchema: v.GenericSchema<Split> = v.object({
  input: whole,
  startByte: whole,
  endByte: whole,
  format: v.picklist(["warc", "text"]),
  isGzip: v.boolean(),
});

const inputSchema: v.GenericSchema<Input> = v.object({
  number: whole,
  name: v.string(),
  kind: v.picklist(["file", "url"]),
  size: whole,
  format: v.picklist(["warc", "text"]),
  isGzip: v.boolean(),
  identity: v.variant("kind", [
    v.object({
      kind: v.literal("hashes"),
      head: v.string(),
      tail: v.string(),
      whole: v.exactOptional(v.string()),
    }),
    v.object({
      kind: v.literal("http"),
      etag: v.exactOptional(v.string()),
      lastModified: v.exactOptional(v.string()),
    }),
  ]),
});

/** Start a map attempt. */
export interface RunMap {
  readonly name: AttemptName;
  readonly splits: readonly Split[];
  /** The inputs of the splits. */
  readonly inputs: readonly Input[];
}
/** Checks {@linkcode RunMap}. */
export const runMapSchema: v.GenericSchema<RunMap> = v.object({
  name: mapNameSchema,
  splits: v.array(splitSchema),
  inputs: v.array(inputSchema),
});

/** Where the output of a map task is. */
export interface Source {
  /** The attempt that made it. */
  readonly name: AttemptName;
  /** Id of the worker that has it. */
  readonly worker: string;
  readonly host: string;
  readonly port: number;
}
const sourceSchema: v.GenericSchema<Source> = v.object({
  name: mapNameSchema,
  worker: id,
  host: line,
  port: v.pipe(whole, v.maxValue(65535)),
});

/** Start a reduce attempt: all map outputs that it needs, in the order of the map tasks. */
export interface RunReduce {
  readonly name: AttemptName;
  readonly sources: readonly Source[];
}
/** Checks {@linkcode RunReduce}. */
export const runReduceSchema: v.GenericSchema<RunReduce> = v.object({
  name: reduceNameSchema,
  sources: v.array(sourceSchema),
});

/** Where a map output is now that was lost. */
export interface Moved {
  readonly sources: readonly Source[];
}
/** Checks {@linkcode Moved}. */
export const movedSchema: v.GenericSchema<Moved> = v.object({ sources: v.array(sourceSchema) });

/** An attempt ends here, and what it has left behind goes. */
export interface Cancel {
  readonly name: AttemptName;
  readonly reason: string;
}
/** Checks {@linkcode Cancel}. */
export const cancelSchema: v.GenericSchema<Cancel> = v.object({
  name: attemptNameSchema,
  reason: line,
});

/** How far an attempt is. */
export interface Progress {
  readonly name: AttemptName;
  /** Bytes read by a map attempt, or fetched and written by a reduce attempt. */
  readonly bytes: number;
  readonly records: number;
  /** What a streaming step says of itself; empty without. */
  readonly status: string;
  /** Bytes that did not fit into memory. Others need not say it. */
  readonly spilledBytes?: number;
}
/** Checks {@linkcode Progress}. */
export const progressSchema: v.GenericSchema<Progress> = v.object({
  name: attemptNameSchema,
  bytes: whole,
  records: whole,
  status: line,
  spilledBytes: v.exactOptional(whole),
});

/** One partition of a map output, in its file. */
export interface RunPart {
  readonly startByte: number;
  readonly bytes: number;
  readonly records: number;
  /** Fingerprint of the heads of its blocks, not of its bytes: see `HeadsCrc`. */
  readonly crc32: number;
}
const runPartSchema: v.GenericSchema<RunPart> = v.object({
  startByte: whole,
  bytes: whole,
  records: whole,
  crc32: u32,
});

/** Counters by name: they are added up. */
export type Counters = Readonly<Record<string, number>>;
const countersSchema: v.GenericSchema<Counters> = v.record(
  v.pipe(v.string(), v.maxLength(MAX_COUNTER_NAME_LENGTH)),
  v.pipe(v.number(), v.safeInteger()),
);

const problemSchema: v.GenericSchema<Problem> = v.object({
  input: whole,
  offset: whole,
  code: v.picklist(PROBLEM_CODES),
  message: line,
  resumedAt: v.exactOptional(whole),
});

/** A record or group that the job left out. */
export interface SkippedRecord {
  /** Number of the input; absent for a group. */
  readonly input?: number;
  /** Where the record begins. */
  readonly offset?: number;
  /** One line for people: why, and of a group which. */
  readonly message: string;
}
const skippedSchema: v.GenericSchema<SkippedRecord> = v.object({
  input: v.exactOptional(whole),
  offset: v.exactOptional(whole),
  message: line,
});

/** A map attempt is through; its output is on the worker's disk. */
export interface MapDone {
  readonly name: AttemptName;
  /** By partition. */
  readonly parts: readonly RunPart[];
  readonly counters: Counters;
  readonly problems: readonly Problem[];
  readonly skipped: readonly SkippedRecord[];
}
/** Checks {@linkcode MapDone}. */
export const mapDoneSchema: v.GenericSchema<MapDone> = v.object({
  name: mapNameSchema,
  parts: v.array(runPartSchema),
  counters: countersSchema,
  problems: v.array(problemSchema),
  skipped: v.array(skippedSchema),
});

/** A reduce attempt is through: the last frame of its output, behind all of it. */
export interface ReduceDone {
  readonly name: AttemptName;
  /** Size and CRC-32 of the whole output. */
  readonly bytes: number;
  readonly crc32: number;
  readonly counters: Counters;
  readonly skipped: readonly SkippedRecord[];
}
/** Checks {@linkcode ReduceDone}. */
export const reduceDoneSchema: v.GenericSchema<ReduceDone> = v.object({
  name: reduceNameSchema,
  bytes: whole,
  crc32: u32,
  counters: countersSchema,
  skipped: v.array(skippedSchema),
});

/** An attempt did not get through. */
export interface Failed {
  readonly name: AttemptName;
  readonly message: string;
  /** Whether it is the worker's trouble, such as a full disk, and not the task's. */
  readonly isWorkers: boolean;
  /** Whether trying again cannot help: it is the same everywhere. */
  readonly isFinal?: boolean;
  /** The map output that is corrupt, when that is why. */
  readonly badSource?: AttemptName;
}
/** Checks {@linkcode Failed}. */
export const failedSchema: v.GenericSchema<Failed> = v.object({
  name: attemptNameSchema,
  isFinal: v.exactOptional(v.boolean()),
  badSource: v.exactOptional(mapNameSchema),
  message: line,
  isWorkers: v.boolean(),
});

/** Asks for one partition of a map output. */
export interface Fetch {
  /** Number of the request, on this line. */
  readonly id: number;
  /** The map attempt that made it. */
  readonly name: AttemptName;
  readonly partition: number;
}
/** Checks {@linkcode Fetch}. */
export const fetchSchema: v.GenericSchema<Fetch> = v.object({
  id: u32,
  name: mapNameSchema,
  partition: u32,
});

/** Ends the answer to FETCH or READ. */
export interface DataEnd {
  readonly id: number;
  /** Bytes that were sent. */
  readonly bytes: number;
  /** Why there is no more, or nothing; absent when all of it was sent. */
  readonly failure?: { readonly code: string; readonly message: string };
}
/** Checks {@linkcode DataEnd}. */
export const dataEndSchema: v.GenericSchema<DataEnd> = v.object({
  id: u32,
  bytes: whole,
  failure: v.exactOptional(v.object({ code: line, message: line })),
});

/** Asks for bytes of an input that the worker has no copy of. */
export interface ReadInput {
  readonly id: number;
  readonly input: number;
  readonly offset: number;
  readonly length: number;
}
/** Checks {@linkcode ReadInput}. */
export const readInputSchema: v.GenericSchema<ReadInput> = v.object({
  id: u32,
  input: whole,
  offset: whole,
  length: whole,
});

/** The job is over: workers clean up and leave. */
export interface Over {
  readonly outcome: string;
}
/** Checks {@linkcode Over}. */
export const overSchema: v.GenericSchema<Over> = v.object({ outcome: line });
