// @ts-types="../../../types/std_concat.d.ts"
import { concat } from "@std/bytes/concat";
import { readGroups } from "../../kernel/read_groups.ts";
import { eachRecord } from "../each_record.ts";
import type { IndexJob } from "../job_description.ts";
import { NOTHING_TO_REPORT } from "../reduce_steps.ts";
import type { RunningJob } from "../running_job.ts";
import { wordsOf } from "./words_of.ts";

const SPACE = new Uint8Array([0x20]);

/**
 * Says where words stand: word → documents in (input, offset) order, each once, with a space between
 * them. A document is the WARC-Target-URI of a record, else the name of the input; a space in it is
 * written as `%20`.
 */
export function openIndex(options: IndexJob): RunningJob {
  const eachWord = wordsOf(options);
  const encoder = new TextEncoder();
  return {
    combine: undefined,
    async map(input, emit, signs) {
      let document = "";
      let value: Uint8Array = encoder.encode(document);
      let seen = new Set<string>();
      await eachRecord(input, signs, ({ input: number, body, fields }) => {
        const name = fields?.get("warc-target-uri") ?? input.nameOf(number);
        // Lines of one file are one document.
        if (fields !== undefined || name !== document) seen = new Set();
        document = name;
        value = encoder.encode(name.replaceAll(" ", "%20"));
        eachWord(body, (word) => {
          const text = latin1(word);
          if (seen.has(text)) return;
          seen.add(text);
          emit(word, value);
        });
      });
      return NOTHING_TO_REPORT;
    },
    async reduce(cursor, emit, signs) {
      for await (const { key, values } of readGroups(cursor)) {
        signs.signal.throwIfAborted();
        const seen = new Set<string>();
        const parts: Uint8Array[] = [];
        for await (const value of values) {
          const text = latin1(value);
          if (seen.has(text)) continue;
          seen.add(text);
          if (parts.length > 0) parts.push(SPACE);
          parts.push(value);
        }
        await emit(key, concat(parts));
        signs.alive();
      }
      return NOTHING_TO_REPORT;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A text that stands for bytes, one unit each. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 1024) {
    text += String.fromCharCode(...bytes.subarray(at, at + 1024));
  }
  return text;
}
