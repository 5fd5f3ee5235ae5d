/** A send lane with what it needs, and a stream that takes all or some of it. */
import assert from "node:assert/strict";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { SendLane } from "../../lib/transport/send_lane.ts";
import { concat } from "./plain_decoder.ts";

/** Options of {@linkcode newLane}. */
export interface LaneFixtureOptions {
  /** @default {1 MiB} */
  readonly maxBytes?: number;
  /** @default {1 MiB} */
  readonly maxPayloadBytes?: number;
  /** @default {a budget of 16 MiB} */
  readonly budget?: MemoryBudget;
}

/** A lane, its budget, and what it told: "frames" or "memory". */
export interface LaneFixture {
  readonly lane: SendLane;
  readonly budget: MemoryBudget;
  readonly events: string[];
}

/** Makes a lane that records its calls. */
export function newLane(options: LaneFixtureOptions = {}): LaneFixture {
  const budget = options.budget ?? new MemoryBudget(16 * 1024 * 1024);
  const events: string[] = [];
  const lane = new SendLane({
    maxBytes: options.maxBytes ?? 1024 * 1024,
    maxPayloadBytes: options.maxPayloadBytes ?? 1024 * 1024,
    budget,
    onFrames: () => events.push("frames"),
    onMemory: () => events.push("memory"),
  });
  return { lane, budget, events };
}

/** Sends a frame if there is room. */
export function send(lane: SendLane, kind: number, payload: Uint8Array): boolean {
  const writer = lane.reserve(kind, payload.length);
  writer?.set(payload);
  writer?.commit();
  return writer !== undefined;
}

/** Takes what `peek` offers, at most `mostBytes` of it, as a stream does that writes in part. */
export function takeSome(lane: SendLane, mostBytes: number): Uint8Array | undefined {
  const part = lane.peek();
  if (part === undefined) return undefined;
  const { chunk } = part;
  const length = Math.min(part.length, mostBytes);
  assert.ok(chunk.sent + length <= chunk.bytes.length, "a part lies in its chunk");
  const bytes = chunk.bytes.slice(chunk.sent, chunk.sent + length);
  lane.sent(length);
  return bytes;
}

/** Takes everything. */
export function takeAll(lane: SendLane, mostBytes = Infinity): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = takeSome(lane, mostBytes);
    if (part === undefined) return concat(parts);
    parts.push(part);
  }
}
