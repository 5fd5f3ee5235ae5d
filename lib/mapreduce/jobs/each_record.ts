import type { InputRecord } from "../input/record.ts";
import type { MapInput, TaskSigns } from "./running_job.ts";

/** Calls `onRecord` for each record, and gives a sign of life after each batch. @throws the signal's reason */
export async function eachRecord(
  input: MapInput,
  signs: TaskSigns,
  onRecord: (record: InputRecord) => void,
): Promise<void> {
  for await (const batch of input.records()) {
    signs.signal.throwIfAborted();
    for (const record of batch) onRecord(record);
    signs.alive();
  }
}
