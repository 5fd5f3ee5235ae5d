/**
 * What a launcher and a guard say to each other: frames as `tram/1` has them, over the guard's standard
 * input and output. Control messages are JSON; data has a fixed layout.
 *
 * ```text
 *  launcher                                   guard
 *  HELLO   run, machine, files              → READY    where it runs      (first, once)
 *  START   copy, program, environment       → STARTED  pid   |  FAILED  why
 *  INPUT   copy u32 | bytes                 → TAKEN    copy, bytes of INPUT that the copy has read
 *  INPUT_END, STOP  copy                    ← OUTPUT   copy u32 | stream u8 | bytes
 *  BEAT    each five seconds, both ways     ← EXITED   copy, code, signal
 *  END     ends everything; also the end of the input   → ENDED  what is left   (last)
 * ```
 *
 * A copy is a number that the launcher chooses, a new one for each start.
 */
import * as v from "valibot";
import { encodeFrame } from "../../transport/frame.ts";

/** Kinds of frames. */
const GuardKind = {
  Hello: 0x20,
  Start: 0x21,
  Input: 0x22,
  InputEnd: 0x23,
  Stop: 0x24,
  Beat: 0x25,
  End: 0x26,
  Ready: 0x30,
  Started: 0x31,
  Failed: 0x32,
  Output: 0x33,
  Exited: 0x34,
  Taken: 0x35,
  Ended: 0x36,
} as const;

/** Largest frame; HELLO with its files and START with an environment are the large ones. */
export const MAX_GUARD_FRAME_BYTES = 4 * 1024 * 1024;

/** Bytes of INPUT that may be on their way to a copy that does not read. */
export const INPUT_WINDOW_BYTES = 256 * 1024;

/** Most bytes of data in one frame. */
export const MAX_DATA_BYTES = 64 * 1024;

/** Time between two BEATs, in milliseconds. */
const BEAT_MS = 5000;

/** Time between two BEATs where the other end counts as gone after some silence, in milliseconds. */
export function beatMs(silenceMs: number): number {
  return silenceMs === 0 ? BEAT_MS : Math.min(BEAT_MS, silenceMs / 4);
}

/** Where output came from. */
export type OutputStream = "stdout" | "stderr";

const number = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1));
const word = v.pipe(v.string(), v.maxLength(1000));
const duration = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9));
/** A name that stays in its folder. */
const fileName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}$/));
const runId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/));

const toGuard = {
  [GuardKind.Hello]: v.object({
    type: v.optional(v.literal("hello"), "hello"),
    runId,
    /** Name of the machine, as the launcher has it. */
    hostName: word,
    /** Silence of the launcher after which everything ends; 0: none, its end is enough. */
    silenceMs: duration,
    /** Files for the run's folder, for the owner only: tokens, keys. */
    files: v.array(v.object({ name: fileName, text: v.string() })),
  }),
  [GuardKind.Start]: v.object({
    type: v.optional(v.literal("start"), "start"),
    copy: number,
    /** For people: `client.3`. */
    name: word,
    /** What to start; `null` is tram itself. `{run}` in it stands for the run's folder. */
    program: v.nullable(v.string()),
    /** Its arguments. `{run}` in them stands for the run's folder. */
    args: v.array(v.string()),
    /** Added to the environment. `{run}` in values stands for the run's folder. */
    env: v.record(v.string(), v.string()),
    /** @default {the guard's own} */
    cwd: v.optional(v.string()),
    stopGraceMs: duration,
    input: v.picklist(["none", "stream"]),
  }),
  [GuardKind.InputEnd]: v.object({
    type: v.optional(v.literal("input-end"), "input-end"),
    copy: number,
  }),
  [GuardKind.Stop]: v.object({ type: v.optional(v.literal("stop"), "stop"), copy: number }),
  [GuardKind.Beat]: v.object({ type: v.optional(v.literal("beat"), "beat") }),
  [GuardKind.End]: v.object({
    type: v.optional(v.literal("end"), "end"),
    /** Most time that processes have; a later END may only shorten it. @default {their own} */
    graceMs: v.optional(duration),
  }),
} as const;

const fromGuard = {
  [GuardKind.Ready]: v.object({
    type: v.optional(v.literal("ready"), "ready"),
    /** Number of the guard, which is also that of its group. */
    pid: number,
    /** Name that the machine has for itself. */
    host: word,
    cores: number,
    os: word,
    arch: word,
    /** Version of tram. */
    version: word,
    /** What the guard's processes carry in `TRAM_GUARD`. */
    guardId: word,
    /** Path of the run's folder. */
    folder: word,
  }),
  [GuardKind.Started]: v.object({
    type: v.optional(v.literal("started"), "started"),
    copy: number,
    pid: number,
  }),
  [GuardKind.Failed]: v.object({
    type: v.optional(v.literal("failed"), "failed"),
    copy: number,
    message: v.pipe(v.string(), v.maxLength(10_000)),
  }),
  [GuardKind.Exited]: v.object({
    type: v.optional(v.literal("exited"), "exited"),
    copy: number,
    code: number,
    signal: v.nullable(word),
  }),
  [GuardKind.Taken]: v.object({
    type: v.optional(v.literal("taken"), "taken"),
    copy: number,
    bytes: number,
  }),
  [GuardKind.Beat]: v.object({ type: v.optional(v.literal("beat"), "beat") }),
  [GuardKind.Ended]: v.object({
    type: v.optional(v.literal("ended"), "ended"),
    /** Numbers of processes that could not be ended. */
    left: v.array(number),
  }),
} as const;

type Of<T> = T extends Record<number, infer S>
  ? S extends v.GenericSchema ? v.InferOutput<S> : never
  : never;

/** Bytes for the standard input of a copy. */
export interface InputMessage {
  readonly type: "input";
  readonly copy: number;
  readonly bytes: Uint8Array;
}

/** Bytes that a copy wrote. */
export interface OutputMessage {
  readonly type: "output";
  readonly copy: number;
  readonly stream: OutputStream;
  readonly bytes: Uint8Array;
}

/** What a launcher says. */
export type ToGuard = Of<typeof toGuard> | InputMessage;

/** What a guard says. */
export type FromGuard = Of<typeof fromGuard> | OutputMessage;

/** HELLO. */
export type HelloMessage = v.InferOutput<typeof toGuard[typeof GuardKind.Hello]>;
/** START. */
export type StartMessage = v.InferOutput<typeof toGuard[typeof GuardKind.Start]>;
/** READY. */
export type ReadyMessage = v.InferOutput<typeof fromGuard[typeof GuardKind.Ready]>;

/** The other end said something that has no meaning. */
export class GuardMessageError extends Error {
  override readonly name = "GuardMessageError";
}

const KINDS: Readonly<Record<ToGuard["type"] | FromGuard["type"], number>> = {
  ...{ hello: GuardKind.Hello, start: GuardKind.Start, input: GuardKind.Input },
  ...{ "input-end": GuardKind.InputEnd, stop: GuardKind.Stop, beat: GuardKind.Beat },
  ...{ end: GuardKind.End, ready: GuardKind.Ready, started: GuardKind.Started },
  ...{ failed: GuardKind.Failed, output: GuardKind.Output, exited: GuardKind.Exited },
  ...{ taken: GuardKind.Taken, ended: GuardKind.Ended },
};

const encoder = new TextEncoder();

/** The frame that says it. */
export function encodeMessage(message: ToGuard | FromGuard): Uint8Array<ArrayBuffer> {
  const kind = KINDS[message.type];
  if (message.type === "input" || message.type === "output") {
    const head = message.type === "input" ? 4 : 5;
    const payload = new Uint8Array(head + message.bytes.length);
    new DataView(payload.buffer).setUint32(0, message.copy);
    if (message.type === "output") payload[4] = message.stream === "stdout" ? 1 : 2;
    payload.set(message.bytes, head);
    return encodeFrame(kind, payload);
  }
  const { type: _, ...rest } = message;
  return encodeFrame(kind, encoder.encode(JSON.stringify(rest)));
}

/** What a launcher said. @param payload copied where it is kept @throws {GuardMessageError} */
export function decodeToGuard(kind: number, payload: Uint8Array): ToGuard {
  if (kind === GuardKind.Input) {
    const { copy, bytes } = data(payload, 4);
    return { type: "input", copy, bytes };
  }
  return control(toGuard, kind, payload) as ToGuard;
}

/** What a guard said. @param payload copied where it is kept @throws {GuardMessageError} */
export function decodeFromGuard(kind: number, payload: Uint8Array): FromGuard {
  if (kind === GuardKind.Output) {
    const { copy, bytes } = data(payload, 5);
    const stream = payload[4];
    if (stream !== 1 && stream !== 2) throw new GuardMessageError(`Cannot read stream ${stream}`);
    return { type: "output", copy, stream: stream === 1 ? "stdout" : "stderr", bytes };
  }
  return control(fromGuard, kind, payload) as FromGuard;
}

function data(payload: Uint8Array, head: number) {
  if (payload.length < head) throw new GuardMessageError("Cannot read data: its head is cut");
  const { buffer, byteOffset } = payload;
  return {
    copy: new DataView(buffer, byteOffset).getUint32(0),
    bytes: payload.slice(head),
  };
}

function control(
  schemas: Readonly<Record<number, v.GenericSchema>>,
  kind: number,
  payload: Uint8Array,
): unknown {
  const schema = schemas[kind];
  if (schema === undefined) {
    throw new GuardMessageError(`Cannot read a message of kind 0x${kind.toString(16)}: unknown`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    throw new GuardMessageError(`Cannot read a message of kind 0x${kind.toString(16)}: no JSON`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new GuardMessageError(
    `Cannot read a message of kind 0x${kind.toString(16)}: ` +
      `${v.getDotPath(issue) ?? "all of it"}: ${issue.message.slice(0, 200)}`,
  );
}
