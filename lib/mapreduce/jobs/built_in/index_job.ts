import { compareBytes } from "../../kernel/compare_bytes.ts";
import { eachRecord } from "../each_record.ts";
import type { IndexJob } from "../job_description.ts";
import { runMapTask } from "../map_task.ts";
import { eachEntry, NOTHING_TO_REPORT } from "../reduce_steps.ts";
import type { JobParts, RunningJob } from "../running_job.ts";
import { DocumentList } from "./document_list.ts";
import { SeenKeys } from "./seen_keys.ts";
import { wordsOf } from "./words_of.ts";

/** Least memory for the words of a document, in bytes. */
const MIN_SEEN_BYTES = 16 * 1024;

/**
 * Says where words stand: word → documents in (input, offset) order, each once, with a space between
 * them. A document is the WARC-Target-URI of a record, else the name of the input; a space in it is
 * written as `%20`.
 *
 * A quarter of the memory is for the words of a document: what has no room is emitted twice, and found
 * to be the same by the reducer.
 */
export function openIndex(options: IndexJob, { memoryBytes }: JobParts): RunningJob {
  const eachWord = wordsOf(options);
  const encoder = new TextEncoder();
  const seenBytes = Math.max(Math.floor(memoryBytes / 4), MIN_SEEN_BYTES);
  const job: RunningJob = {
    combine: undefined,
    async map(input, emit, signs) {
      let document = "";
      let value: Uint8Array = encoder.encode(document);
      const seen = new SeenKeys(seenBytes);
      await eachRecord(input, signs, ({ input: number, body, fields }) => {
        const name = fields?.get("warc-target-uri") ?? input.nameOf(number);
        // Lines of one file are one document.
        if (fields !== undefined || name !== document) {
          seen.clear();
          document = name;
          value = encoder.encode(name.replaceAll(" ", "%20"));
        }
        eachWord(body, (bytes, start, end) => {
          if (seen.isNew(bytes, start, end)) emit(bytes.subarray(start, end), value);
        });
      });
      return NOTHING_TO_REPORT;
    },
    async reduce(cursor, emit, signs) {
      const documents = new DocumentList();
      let key: Uint8Array | undefined;
      await eachEntry(cursor, signs, () => {
        const { bytes, keyStart, keyEnd, valueStart, valueEnd } = cursor;
        let waiting: void | Promise<void> = undefined;
        const isSame = key !== undefined &&
          compareBytes(bytes, keyStart, keyEnd, key, 0, key.length) === 0;
        if (!isSame) {
          if (key !== undefined) waiting = emit(key, documents.bytes);
          documents.clear();
          key = bytes.slice(keyStart, keyEnd);
        }
        documents.add(bytes, valueStart, valueEnd);
        return waiting;
      });
      if (key !== undefined) await emit(key, documents.bytes);
      return NOTHING_TO_REPORT;
    },
    async [Symbol.asyncDispose]() {},
  };
  const mapRuns: RunningJob["mapRuns"] = (input, output, signs) =>
    runMapTask(job, input, output, { memoryBytes: memoryBytes - seenBytes }, signs);
  return { ...job, mapRuns };
}
