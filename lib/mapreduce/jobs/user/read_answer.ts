/**
 * Reads what a sandbox has answered. A job runs beside the code that answers for it and may have
 * changed all of it, by `JSON.stringify` or `Object.prototype`: nothing of it is believed unchecked.
 */
import * as v from "valibot";
import { readCount } from "../../kernel/count_value.ts";
import { MAX_COUNTERS, MAX_NAME_LENGTH } from "../counts.ts";
import { forEachPair } from "./pairs.ts";
import { SandboxDeath } from "./sandbox_death.ts";
import {
  type DoneHead,
  MAX_ANSWER_HEAD_BYTES,
  MAX_WHY_LENGTH,
  type ReadyHead,
  SandboxKind,
  unpackPayload,
  type WhyHead,
} from "./sandbox_frames.ts";
import type { ThreadFrame } from "./sandbox_thread.ts";

/** What a sandbox may answer. */
export type Answer =
  | { readonly kind: "ready"; readonly head: ReadyHead }
  | { readonly kind: "done"; readonly head: DoneHead; readonly pairs: Uint8Array }
  | { readonly kind: "broken" | "died"; readonly head: WhyHead };

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const why = v.pipe(v.string(), v.maxLength(MAX_WHY_LENGTH));
const step = v.picklist(["none", "sum", "function"]);

const readySchema: v.GenericSchema<ReadyHead> = v.object({ combine: step, reduce: step });
const whySchema: v.GenericSchema<WhyHead> = v.object({ message: why });
const doneSchema: v.GenericSchema<DoneHead> = v.object({
  failures: v.array(v.object({ at: whole, message: why })),
  isTooMuch: v.boolean(),
  counts: v.pipe(
    v.record(
      v.pipe(v.string(), v.maxLength(MAX_NAME_LENGTH), v.includes(":")),
      v.pipe(v.number(), v.safeInteger()),
    ),
    v.check((counts) => Object.keys(counts).length <= MAX_COUNTERS + 1, "too many counters"),
  ),
  printed: v.pipe(v.array(why), v.maxLength(10)),
  printedLines: whole,
});

/**
 * @param areCounts whether each value that was emitted must be a count
 * @throws {SandboxDeath} for what is no answer
 */
export function readAnswer({ kind, payload }: ThreadFrame, areCounts: boolean): Answer {
  try {
    const { head, bytes } = unpackPayload(payload, MAX_ANSWER_HEAD_BYTES);
    switch (kind) {
      case SandboxKind.Ready:
        return { kind: "ready", head: v.parse(readySchema, head) };
      case SandboxKind.Broken:
        return { kind: "broken", head: v.parse(whySchema, head) };
      case SandboxKind.Died:
        return { kind: "died", head: v.parse(whySchema, head) };
      case SandboxKind.Done:
        checkPairs(bytes, areCounts);
        return { kind: "done", head: v.parse(doneSchema, head), pairs: bytes };
    }
    throw new RangeError(`Kind ${kind} is none`);
  } catch (error) {
    const text = (error instanceof Error ? error.message : String(error)).slice(0, MAX_WHY_LENGTH);
    throw new SandboxDeath(`it answered what is no answer: ${text}`, { cause: error });
  }
}

function checkPairs(pairs: Uint8Array, areCounts: boolean): void {
  forEachPair(pairs, (_, value) => {
    if (areCounts) readCount(value, 0, value.length);
  });
}
