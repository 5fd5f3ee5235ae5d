/** What the frames of `collect` say, and how it is written: see `protocol.ts` for the layouts. */
import type { FrameView } from "../transport/frame_view.ts";
import type { FrameWriter } from "../transport/frame_writer.ts";
import { LineError, LineErrorCode } from "../transport/line_error.ts";
import type { ClockStep } from "./offset/clock_step.ts";
import type { StampedProbe } from "./offset/offset_tracker.ts";
import { SAMPLES_HEAD_BYTES, TIME_BYTES } from "./protocol.ts";

/** Times of one client that follow one another. */
export interface Samples {
  /** Last sequence of the SAMPLES before; 0 for the first. What lies between is lost. */
  readonly previousSequence: number;
  /** Sequence of the first; each one after it has the next. */
  readonly firstSequence: number;
  /** How often the client had seen its clock being set when it took them. */
  readonly clientSteps: number;
  /** Wall times of the client, whole microseconds since 1970. */
  readonly timesUs: Float64Array;
}

/** A question for the server's time. */
export interface ProbeRequest {
  readonly number: number;
  /** The client sends; its wall clock, in microseconds. */
  readonly t1: number;
}

/** Its answer. */
export interface ProbeReply extends ProbeRequest {
  /** How often the server had seen its clock being set. */
  readonly serverSteps: number;
  /** The server has read the question; its wall clock, in microseconds. */
  readonly t2: number;
  /** The server writes the answer; its wall clock, in microseconds. */
  readonly t3: number;
}

/** The client's clock was set. */
export interface StepNotice extends ClockStep {
  /** How often it was set by now, this time included. */
  readonly clientSteps: number;
}

/** What the server holds about a client's clock; whole numbers. */
export interface EstimateNotice {
  /** The client's wall clock, in microseconds. */
  readonly atUs: number;
  /** Server minus client, in microseconds. */
  readonly offsetUs: number;
  readonly boundUs: number;
  /** By how much the server's clock runs faster, in parts per thousand million. */
  readonly frequencyPpb: number;
  /** Whether the newest probes were as expected, so that there is no hurry with the next. */
  readonly isQuiet: boolean;
}

/** A sequence beyond 2^53 - 1 cannot be counted here. @throws {LineError} `bad-message` */
function readSequence(view: FrameView, at: number): number {
  const value = view.getSafeInt64(at);
  if (value >= 0) return value;
  throw new LineError(LineErrorCode.BadMessage, `Cannot read sequence ${value}: it is below 0`);
}

/** Bytes of the payload of SAMPLES with `count` times. */
export function samplesBytes(count: number): number {
  return SAMPLES_HEAD_BYTES + count * TIME_BYTES;
}

/** Writes SAMPLES. */
export function writeSamples(to: FrameWriter, samples: Samples): void {
  to.setSafeInt64(0, samples.previousSequence);
  to.setSafeInt64(8, samples.firstSequence);
  to.setUint32(16, samples.clientSteps);
  let at = SAMPLES_HEAD_BYTES;
  for (const timeUs of samples.timesUs) {
    to.setSafeInt64(at, timeUs);
    at += TIME_BYTES;
  }
}

/** Reads SAMPLES; the times are a copy. @throws {LineError} `bad-message` */
export function readSamples(view: FrameView): Samples {
  const previousSequence = readSequence(view, 0);
  const firstSequence = readSequence(view, 8);
  const clientSteps = view.getUint32(16);
  const count = (view.length - SAMPLES_HEAD_BYTES) / TIME_BYTES;
  if (!Number.isInteger(count)) {
    throw new LineError(
      LineErrorCode.BadMessage,
      `Cannot read samples: ${view.length} bytes hold no whole number of times`,
    );
  }
  if (firstSequence <= previousSequence || !Number.isSafeInteger(firstSequence + count)) {
    throw new LineError(
      LineErrorCode.BadMessage,
      `Cannot read samples: sequence ${firstSequence} after ${previousSequence}`,
    );
  }
  const timesUs = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    timesUs[i] = view.getSafeInt64(SAMPLES_HEAD_BYTES + i * TIME_BYTES);
  }
  return { previousSequence, firstSequence, clientSteps, timesUs };
}

/** Writes ACK or END. */
export function writeSequence(to: FrameWriter, sequence: number): void {
  to.setSafeInt64(0, sequence);
}

/** Reads ACK or END. @throws {LineError} `bad-message` */
export function readSequenceOnly(view: FrameView): number {
  return readSequence(view, 0);
}

/** Writes PROBE. */
export function writeProbe(to: FrameWriter, { number, t1 }: ProbeRequest): void {
  to.setUint32(0, number);
  to.setSafeInt64(4, t1);
}

/** Reads PROBE. @throws {LineError} `bad-message` */
export function readProbe(view: FrameView): ProbeRequest {
  return { number: view.getUint32(0), t1: view.getSafeInt64(4) };
}

/** Writes PROBE_REPLY. */
export function writeProbeReply(to: FrameWriter, reply: ProbeReply): void {
  to.setUint32(0, reply.number);
  to.setUint32(4, reply.serverSteps);
  to.setSafeInt64(8, reply.t1);
  to.setSafeInt64(16, reply.t2);
  to.setSafeInt64(24, reply.t3);
}

/** Reads PROBE_REPLY. @throws {LineError} `bad-message` */
export function readProbeReply(view: FrameView): ProbeReply {
  return {
    number: view.getUint32(0),
    serverSteps: view.getUint32(4),
    t1: view.getSafeInt64(8),
    t2: view.getSafeInt64(16),
    t3: view.getSafeInt64(24),
  };
}

/** Writes PROBED. */
export function writeProbed(to: FrameWriter, probe: StampedProbe): void {
  to.setUint32(0, probe.clientSteps);
  to.setUint32(4, probe.serverSteps);
  to.setSafeInt64(8, probe.t1);
  to.setSafeInt64(16, probe.t2);
  to.setSafeInt64(24, probe.t3);
  to.setSafeInt64(32, probe.t4);
}

/** Reads PROBED. @throws {LineError} `bad-message` */
export function readProbed(view: FrameView): StampedProbe {
  return {
    clientSteps: view.getUint32(0),
    serverSteps: view.getUint32(4),
    t1: view.getSafeInt64(8),
    t2: view.getSafeInt64(16),
    t3: view.getSafeInt64(24),
    t4: view.getSafeInt64(32),
  };
}

/** Writes ESTIMATE. */
export function writeEstimate(to: FrameWriter, estimate: EstimateNotice): void {
  to.setSafeInt64(0, estimate.atUs);
  to.setSafeInt64(8, estimate.offsetUs);
  to.setSafeInt64(16, estimate.boundUs);
  to.setSafeInt64(24, estimate.frequencyPpb);
  to.setUint8(32, estimate.isQuiet ? 1 : 0);
}

/** Reads ESTIMATE. @throws {LineError} `bad-message` */
export function readEstimate(view: FrameView): EstimateNotice {
  return {
    atUs: view.getSafeInt64(0),
    offsetUs: view.getSafeInt64(8),
    boundUs: view.getSafeInt64(16),
    frequencyPpb: view.getSafeInt64(24),
    isQuiet: view.getUint8(32) !== 0,
  };
}

/** Writes STEP. */
export function writeStep(to: FrameWriter, { clientSteps, ...step }: StepNotice): void {
  to.setUint32(0, clientSteps);
  to.setSafeInt64(4, step.wallUs);
  to.setSafeInt64(12, step.sizeUs);
  to.setSafeInt64(20, step.errorUs);
  to.setSafeInt64(28, step.withinUs);
  to.setUint8(36, step.mayBeSuspend ? 1 : 0);
}

/** Reads STEP. @throws {LineError} `bad-message` */
export function readStep(view: FrameView): StepNotice {
  return {
    clientSteps: view.getUint32(0),
    wallUs: view.getSafeInt64(4),
    sizeUs: view.getSafeInt64(12),
    errorUs: view.getSafeInt64(20),
    withinUs: view.getSafeInt64(28),
    mayBeSuspend: view.getUint8(36) !== 0,
  };
}
