/** What a job is, as plain data: it travels to the workers as JSON and is opened there. */
import * as v from "valibot";
import type { Schema } from "../../transport/parse_json.ts";
import type { Tokens } from "../kernel/word_counter_options.ts";

/** What to do with a record, key or group that the job cannot be done for. */
export type OnError = "skip" | "fail";

/** How often each word occurs: word → count. */
export interface WordCountJob {
  readonly type: "wordcount";
  readonly tokens: Tokens;
  readonly foldCase: boolean;
}

/** What a pattern finds: text that matches → count. */
export interface GrepJob {
  readonly type: "grep";
  /** A JavaScript regular expression, used with the flags `g` and `u`, line by line. */
  readonly pattern: string;
}

/** Where each word stands: word → documents. */
export interface IndexJob {
  readonly type: "index";
  readonly tokens: Tokens;
  readonly foldCase: boolean;
}

/** Jobs without options. `domains`: host → records; `languages`: language → records; `sort`: line → "". */
export interface PlainJob {
  readonly type: "domains" | "languages" | "sort";
}

/** A job of a user's own. */
export interface UserJob {
  readonly type: "user";
  /** Name of the file, for messages. */
  readonly name: string;
  /** The module in JavaScript: types are blanks, so that lines and columns are the file's. */
  readonly source: string;
  readonly onError: OnError;
  /** Longest time for one record or for a piece of a group, in milliseconds. */
  readonly timeLimitMs: number;
  /** Most memory of the process that runs it, in bytes. */
  readonly memoryBytes: number;
}

/** Programs as steps. */
export interface CommandJob {
  readonly type: "command";
  /** Command line for `sh -c`. */
  readonly mapper: string;
  /** Command line for `sh -c`; without it, all values of a key stay as they are. */
  readonly reducer?: string | undefined;
}

/** A job, as plain data. */
export type JobDescription =
  | WordCountJob
  | GrepJob
  | IndexJob
  | PlainJob
  | UserJob
  | CommandJob;

/** Largest source of a user's job, in UTF-16 units. */
export const MAX_SOURCE_LENGTH = 512 * 1024;
const commandLine = v.pipe(v.string(), v.minLength(1), v.maxLength(64 * 1024));
const limit = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const words = { tokens: v.picklist(["whitespace", "unicode"]), foldCase: v.boolean() };

/** Checks a description that came over the line. */
export const jobDescriptionSchema: Schema<JobDescription> = v.variant("type", [
  v.object({ type: v.literal("wordcount"), ...words }),
  v.object({ type: v.literal("grep"), pattern: commandLine }),
  v.object({ type: v.literal("index"), ...words }),
  v.object({ type: v.picklist(["domains", "languages", "sort"]) }),
  v.object({
    type: v.literal("user"),
    name: v.pipe(v.string(), v.maxLength(4096)),
    source: v.pipe(v.string(), v.maxLength(MAX_SOURCE_LENGTH)),
    onError: v.picklist(["skip", "fail"]),
    timeLimitMs: limit,
    memoryBytes: limit,
  }),
  v.object({
    type: v.literal("command"),
    mapper: commandLine,
    reducer: v.optional(commandLine),
  }),
]);
