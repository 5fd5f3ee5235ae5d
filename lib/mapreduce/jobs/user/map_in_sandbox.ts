import type { InputRecord } from "../../input/record.ts";
import type { UserJob } from "../job_description.ts";
import type { Emit, MapInput, StepReport, TaskSigns } from "../running_job.ts";
import { askItems } from "./ask_items.ts";
import { forEachPair } from "./pairs.ts";
import type { Sandbox } from "./sandbox.ts";
import { type MapHead, packPayload, SandboxKind } from "./sandbox_frames.ts";
import { StepTally } from "./step_tally.ts";

/** Bytes of bodies that travel in one request, unless one is larger. */
const BATCH_BYTES = 256 * 1024;

/** Has a sandbox map records. @throws {JobError} @throws the signal's reason */
export async function mapInSandbox(
  { onError }: UserJob,
  sandbox: Sandbox,
  input: MapInput,
  emit: Emit,
  signs: TaskSigns,
): Promise<StepReport> {
  const tally = new StepTally(signs);
  const request = {
    ...{ sandbox, onError, kind: SandboxKind.Map, signal: signs.signal },
    encode: (items: readonly InputRecord[]) => encode(items, input),
    take(head: Parameters<StepTally["add"]>[0], pairs: Uint8Array) {
      tally.add(head);
      forEachPair(pairs, emit);
    },
    skip(record: InputRecord, message: string) {
      tally.skip({ input: record.input, offset: record.offset, message });
    },
    nameOf: (record: InputRecord) => `${input.nameOf(record.input)} at byte ${record.offset}`,
    died: (message: string) => tally.died(message),
  };
  let batchBytes = BATCH_BYTES;
  for await (const batch of input.records()) {
    for (let at = 0; at < batch.length;) {
      const items: InputRecord[] = [];
      let size = 0;
      for (; at < batch.length && (items.length === 0 || size < batchBytes); at++) {
        const record = batch[at] as InputRecord;
        size += record.body.length + 64; // and what stands in the head
        items.push(record);
      }
      // The limit of time is for a record: where many together are above it, fewer travel.
      const wentWell = await askItems(items, request);
      batchBytes = wentWell ? Math.min(2 * batchBytes, BATCH_BYTES) : Math.max(batchBytes / 8, 1);
    }
  }
  return tally.report();
}

function encode(items: readonly InputRecord[], input: MapInput): Uint8Array<ArrayBuffer> {
  const numbers = [...new Set(items.map((record) => record.input))];
  const records = items.map(({ input, offset, body, fields }) => ({
    ...{ i: numbers.indexOf(input), o: offset, n: body.length },
    ...fields === undefined ? {} : { f: Object.fromEntries(fields.entries()) },
  }));
  const head: MapHead = { inputs: numbers.map((number) => input.nameOf(number)), records };
  return packPayload(head, items.map(({ body }) => body));
}
