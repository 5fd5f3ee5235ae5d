/**
 * What a service tells the line about itself: its name, its kinds of frames with their decoders,
 * the lanes they travel on, its limits, and what to do when a lane is full.
 */
import {
  FIRST_IGNORABLE_KIND,
  FIRST_SERVICE_KIND,
  HANDSHAKE_MAX_FRAME_BYTES,
  MAX_BULK_FRAME_BYTES,
  MAX_CREDIT_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEARTBEAT_MS,
} from "./frame.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import { parseJson, type Schema } from "./parse_json.ts";

/** Lanes that services use. Order holds within a lane, not across; normal overtakes bulk. */
export type Lane = "normal" | "bulk";

/**
 * What happens to a frame that finds its lane full. In each case `send` returns false and the frame
 * is not queued. `wait`: the caller awaits `writable`. `drop`: it is counted in `stats.dropped`.
 * `cut`: the connection ends with `slow-reader`.
 */
export type WhenFull = "wait" | "drop" | "cut";

/** A kind of frame: what a handler receives and what a sender gives. */
export interface Kind<Received, Sent = Received> {
  /** 0x20 to 0xff; from 0x80 on, a peer that does not know it skips it. */
  readonly code: number;
  /** Lane that its frames travel on. */
  readonly lane: Lane;
  /** Whether that is the bulk lane: asked for each frame, and a boolean is quicker than a text. */
  readonly isBulk: boolean;
  /** Least bytes of payload. */
  readonly minBytes: number;
  /** Most bytes of payload. */
  readonly maxBytes: number;
  /**
   * Who gives credit back for bulk frames: the line when the handler returns, or the service with
   * `releaseBulk` when it is done with them.
   */
  readonly credit: "line" | "service";
  /** Whether handlers get the view itself, so that nothing need stand before them. */
  readonly isRaw: boolean;
  /** Payload to value. @throws {LineError} `bad-message` */
  decode(view: FrameView): Received;
  /** Value to payload. */
  encode(value: Sent): Uint8Array;
}

/** Options of a kind. */
export interface KindOptions {
  /** Lane that its frames travel on. @default {"normal"} */
  readonly lane?: Lane;
  /** Least bytes of payload. @default {0} */
  readonly minBytes?: number;
  /** Most bytes of payload. @default {the service's frame limit} */
  readonly maxBytes?: number;
  /** Who gives credit back on the bulk lane. @default {"line"} */
  readonly credit?: "line" | "service";
}

/** @throws {RangeError} when `kind` does not allow so many bytes of payload */
export function checkBounds(kind: Kind<unknown, never>, payloadBytes: number): void {
  const { code, minBytes, maxBytes } = kind;
  if (payloadBytes >= minBytes && payloadBytes <= maxBytes) return;
  throw new RangeError(
    `Cannot send ${payloadBytes} bytes as kind ${hexKind(code)}: wanted ${minBytes} to ${maxBytes}`,
  );
}

const encoder = new TextEncoder();

function kindOptions(code: number, options: KindOptions): Omit<Kind<never>, "decode" | "encode"> {
  return {
    isRaw: false,
    code,
    lane: options.lane ?? "normal",
    isBulk: options.lane === "bulk",
    minBytes: options.minBytes ?? 0,
    maxBytes: options.maxBytes ?? MAX_FRAME_BYTES,
    credit: options.credit ?? "line",
  };
}

/** A kind with a binary payload: handlers get the view, nothing is decoded or copied. */
export function raw(code: number, options: KindOptions = {}): Kind<FrameView, Uint8Array> {
  return {
    ...kindOptions(code, options),
    isRaw: true,
    decode: (view) => view,
    encode: (bytes) => bytes,
  };
}

/** A kind whose payload is UTF-8 text. */
export function text(code: number, options: KindOptions = {}): Kind<string> {
  return {
    ...kindOptions(code, options),
    decode: (view) => view.text(),
    encode: (value) => encoder.encode(value),
  };
}

/** A kind whose payload is JSON that `schema` accepts. */
export function json<T>(
  code: number,
  schema: Schema<T>,
  options: KindOptions = {},
): Kind<T> {
  return {
    ...kindOptions(code, options),
    decode: (view) => parseJson(schema, view.text(), hexKind(code)),
    encode: (value) => encoder.encode(JSON.stringify(value)),
  };
}

/** Limits and policy of one lane. */
export interface LaneOptions {
  /** Most bytes that may wait in it. */
  readonly maxBytes: number;
  /** What happens to a frame that finds it full. */
  readonly whenFull: WhenFull;
}

/** A service, complete with defaults. */
export interface Service<K extends Kinds = Kinds> {
  /** What a client asks for in HELLO. */
  readonly name: string;
  /** Its kinds of frames. */
  readonly kinds: K;
  /** Limits and policy of its lanes. */
  readonly lanes: { readonly normal: LaneOptions; readonly bulk: LaneOptions };
  /** Largest N after the handshake. */
  readonly maxFrameBytes: number;
  /** Credit for bulk frames that each end grants at the start, in bytes on the wire. */
  readonly bulkCreditBytes: number;
  /** Time between two signs of life, in milliseconds. */
  readonly heartbeatMs: number;
  /** Frames per second that a peer may send on average, over one second. */
  readonly maxFramesPerSecond: number;
}

/** Kinds by name. */
// deno-lint-ignore ban-types -- `{}` is "any value" here: a kind of anything
export type Kinds = Readonly<Record<string, Kind<{} | null, never>>>;

/** What {@linkcode defineService} takes. */
export interface ServiceOptions<K extends Kinds> {
  /** 1 to 32 characters of `a-z 0-9 -`. */
  readonly name: string;
  /** Its kinds of frames, by the names that handlers have. */
  readonly kinds: K;
  /** Limits and policy of its lanes. @default {{ normal: { maxBytes: 1 MiB, whenFull: "wait" }, bulk: the same }} */
  readonly lanes?: Partial<Service["lanes"]>;
  /** Most bytes of kind and payload, 4 KiB to 64 MiB. @default {1 MiB} */
  readonly maxFrameBytes?: number;
  /** Credit for bulk frames at the start, 64 KiB to 1 GiB. @default {256 KiB} */
  readonly bulkCreditBytes?: number;
  /** Time between two signs of life, 1 ms to an hour, whole. @default {5000} */
  readonly heartbeatMs?: number;
  /** Frames per second that a peer may send. @default {Infinity} */
  readonly maxFramesPerSecond?: number;
}

/** Values for what a service leaves open. */
const SERVICE_DEFAULTS = {
  laneMaxBytes: 1024 * 1024,
  maxFrameBytes: 1024 * 1024,
  bulkCreditBytes: 256 * 1024,
  heartbeatMs: 5000,
} as const;

/**
 * Checks and completes a service.
 *
 * @throws {RangeError} when a name, code or limit is out of range or two kinds share a code
 */
export function defineService<const K extends Kinds>(options: ServiceOptions<K>): Service<K> {
  const maxFrameBytes = options.maxFrameBytes ?? SERVICE_DEFAULTS.maxFrameBytes;
  // A lane takes at least one frame, and those of bulk are small, whatever others are.
  const bulkFrameBytes = Math.min(maxFrameBytes, MAX_BULK_FRAME_BYTES);
  const lane = (given: LaneOptions | undefined, frameBytes: number): LaneOptions => ({
    maxBytes: Math.max(given?.maxBytes ?? SERVICE_DEFAULTS.laneMaxBytes, frameBytes + 4),
    whenFull: given?.whenFull ?? "wait",
  });
  const service: Service<K> = {
    name: options.name,
    kinds: options.kinds,
    lanes: {
      normal: lane(options.lanes?.normal, maxFrameBytes),
      bulk: lane(options.lanes?.bulk, bulkFrameBytes),
    },
    maxFrameBytes,
    bulkCreditBytes: options.bulkCreditBytes ?? SERVICE_DEFAULTS.bulkCreditBytes,
    heartbeatMs: options.heartbeatMs ?? SERVICE_DEFAULTS.heartbeatMs,
    maxFramesPerSecond: options.maxFramesPerSecond ?? Infinity,
  };
  const check = (holds: boolean, what: string) => {
    if (!holds) throw new RangeError(`Cannot define service "${options.name}": ${what}`);
  };
  check(/^[a-z0-9-]{1,32}$/.test(options.name), "the name must be 1 to 32 of a-z 0-9 -");
  check(
    isWhole(maxFrameBytes, HANDSHAKE_MAX_FRAME_BYTES, MAX_FRAME_BYTES),
    `maxFrameBytes is ${maxFrameBytes}, not ${HANDSHAKE_MAX_FRAME_BYTES} to ${MAX_FRAME_BYTES}`,
  );
  check(
    isWhole(service.bulkCreditBytes, MAX_BULK_FRAME_BYTES, MAX_CREDIT_BYTES),
    `bulkCreditBytes is ${service.bulkCreditBytes}, not ${MAX_BULK_FRAME_BYTES} to ` +
      `${MAX_CREDIT_BYTES}`,
  );
  check(
    isWhole(service.heartbeatMs, 1, MAX_HEARTBEAT_MS),
    `heartbeatMs is ${service.heartbeatMs}, not 1 to ${MAX_HEARTBEAT_MS}, whole`,
  );
  check(
    service.maxFramesPerSecond >= 1,
    `maxFramesPerSecond is ${service.maxFramesPerSecond}, not at least 1`,
  );
  const codes = new Map<number, string>();
  for (const [name, { code, lane }] of Object.entries(options.kinds)) {
    check(
      Number.isInteger(code) && code >= FIRST_SERVICE_KIND && code <= 0xff,
      `kind "${name}" has code ${code}, not 0x20 to 0xff`,
    );
    check(
      lane === "normal" || code < FIRST_IGNORABLE_KIND,
      `kind "${name}" is on the bulk lane but ignorable: who skips it would give no credit back`,
    );
    check(!codes.has(code), `kinds "${codes.get(code)}" and "${name}" share ${hexKind(code)}`);
    codes.set(code, name);
  }
  return service;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
