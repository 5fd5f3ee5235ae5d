import { compareBytes } from "../../kernel/compare_bytes.ts";
import { eachRecord } from "../each_record.ts";
import type { IndexJob } from "../job_description.ts";
import { eachEntry, NOTHING_TO_REPORT } from "../reduce_steps.ts";
import type { JobParts, MapInput, RunningJob, TaskSigns } from "../running_job.ts";
import { DocumentList } from "./document_list.ts";
import { PlaceSorter } from "./place_sorter.ts";
import { SeenKeys } from "./seen_keys.ts";
import { type OnWord, wordsOf } from "./words_of.ts";

/** Least memory for words, in bytes. */
const MIN_WORDS_BYTES = 16 * 1024;

/**
 * Says where words stand: word → documents in (input, offset) order, each once, with a space between
 * them. A document is the WARC-Target-URI of a record, else the name of the input; a space in it is
 * written as `%20`.
 *
 * Where the words of a document have no room they are emitted twice, and found to be the same by the
 * reducer. It takes lists of documents as well as single ones: runs hold lists, which are fewer.
 */
export function openIndex(options: IndexJob, parts: JobParts): RunningJob {
  const memoryBytes = Math.max(parts.memoryBytes, MIN_WORDS_BYTES);
  const eachWord = wordsOf(options);
  const encoder = new TextEncoder();

  async function eachPlace(
    input: MapInput,
    signs: TaskSigns,
    onDocument: (document: Uint8Array) => void,
    onWord: OnWord,
  ): Promise<void> {
    let document: string | undefined;
    await eachRecord(input, signs, ({ input: number, body, fields }) => {
      const name = fields?.get("warc-target-uri") ?? input.nameOf(number);
      // Lines of one file are one document.
      if (fields !== undefined || name !== document) {
        document = name;
        onDocument(encoder.encode(name.replaceAll(" ", "%20")));
      }
      eachWord(body, onWord);
    });
  }

  return {
    combine: undefined,
    async map(input, emit, signs) {
      const seen = new SeenKeys(memoryBytes);
      let value: Uint8Array = new Uint8Array(0);
      const begin = (document: Uint8Array) => {
        seen.clear();
        value = document;
      };
      await eachPlace(input, signs, begin, (bytes, start, end) => {
        if (seen.isNew(bytes, start, end)) emit(bytes.subarray(start, end), value);
      });
      return NOTHING_TO_REPORT;
    },
    async mapRuns(input, { partitions, spills, sinkOf }, signs) {
      const sorter = new PlaceSorter({ partitions, memoryBytes, spills });
      try {
        await eachPlace(
          input,
          signs,
          (document) => sorter.begin(document),
          (bytes, start, end) => sorter.add(bytes, start, end),
        );
        const runs = sorter.finish(sinkOf);
        return { ...NOTHING_TO_REPORT, runs, emitted: sorter.records, spills: sorter.spills };
      } catch (error) {
        sorter.remove();
        throw error;
      }
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
}
