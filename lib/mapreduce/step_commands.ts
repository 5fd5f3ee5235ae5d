/** The steps of a job as commands; `lib/mapreduce/declaration.ts` lists them. */
import { command } from "../config/command.ts";
import { oneOf, parseSizeBytes, parseTimeoutMs } from "../config/parse_flags.ts";
import { logOptions } from "../config/log_options.ts";

/** Options that say which job: the same for `run`, `map` and `reduce`. */
export const jobOptions = {
  job: {
    kind: "value",
    parse: String,
    placeholder: "NAME|FILE",
    brief: "wordcount, grep, index, domains, languages, sort, or a .ts or .js file with a job",
    completes: "file",
  },
  tokens: {
    kind: "value",
    ...oneOf("whitespace", "unicode"),
    default: "whitespace",
    placeholder: "HOW",
    brief: "What a word is for wordcount and index: whitespace (what stands between it) or " +
      "unicode (letters, marks, digits)",
  },
  foldCase: { kind: "switch", brief: "Take words as equal that differ in case only" },
  pattern: {
    kind: "value",
    parse: String,
    placeholder: "REGEX",
    brief: "What grep looks for: a JavaScript regular expression",
  },
  onError: {
    kind: "value",
    ...oneOf("fail", "skip"),
    default: "fail",
    placeholder: "HOW",
    brief: "What to do with a record or key that a job of your own cannot be done for: fail, or " +
      "skip it and say so",
  },
  jobTimeout: {
    kind: "value",
    parse: parseTimeoutMs,
    default: "10s",
    placeholder: "DURATION",
    brief: "Longest that a job of your own may take for a record, or for a megabyte of values; a " +
      "bare number is seconds",
  },
  jobMemory: {
    kind: "value",
    parse: parseSizeBytes,
    default: "512MiB",
    placeholder: "SIZE",
    brief: "Most memory of the process that runs a job of your own",
  },
} as const;

/** `tram mapreduce map`. */
export const mapCommand = command({
  path: ["mapreduce", "map"],
  brief: "Map standard input to lines of key TAB value, as Hadoop Streaming wants it",
  examples: [
    {
      line: "tram mapreduce map --job wordcount < a.wet | LC_ALL=C sort | " +
        "tram mapreduce reduce --job wordcount",
      brief: "A job without a cluster",
    },
    { args: "--job ./job.ts < pages.txt", brief: "See what a mapper of your own emits" },
  ],
  options: { ...jobOptions, ...logOptions },
  load: async () => (await import("./map_step.ts")).mapStep,
});

/** `tram mapreduce reduce`. */
export const reduceCommand = command({
  path: ["mapreduce", "reduce"],
  brief: "Reduce sorted lines of key TAB value, as Hadoop Streaming wants it",
  examples: [
    { args: "--job wordcount < sorted.tsv", brief: "Add up what map wrote" },
  ],
  options: { ...jobOptions, ...logOptions },
  load: async () => (await import("./reduce_step.ts")).reduceStep,
});

/** `tram mapreduce sandbox`. */
export const sandboxCommand = command({
  path: ["mapreduce", "sandbox"],
  brief: "Run a user's job for a worker, which is at the other end of standard input and output",
  hidden: true,
  load: async () => (await import("./sandbox_step.ts")).sandboxStep,
});
