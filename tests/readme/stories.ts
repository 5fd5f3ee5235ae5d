/** Which story runs which sessions. */
import { chatStories } from "./stories/chat.ts";
import { chatDocsStories } from "./stories/chat_docs.ts";
import { collectStories } from "./stories/collect.ts";
import { launchStories } from "./stories/launch.ts";
import { mapreduceStories } from "./stories/mapreduce.ts";
import { mapreduceDocsStories } from "./stories/mapreduce_docs.ts";
import { optionsStories } from "./stories/options.ts";
import { timerStories } from "./stories/timer.ts";
import type { Story } from "./story.ts";

/** All stories; the longest ones come first, so that they do not begin last. */
export const STORIES: readonly Story[] = [
  ...collectStories,
  ...timerStories,
  ...launchStories,
  ...mapreduceStories,
  ...chatStories,
  ...mapreduceDocsStories,
  ...chatDocsStories,
  ...optionsStories,
];

const LONG = "it measures for tens of seconds; the session of the README is the same, and shorter";
const SQLITE =
  "it needs sqlite3, which nothing else here does; tests/e2e read the stores themselves";

/** Sessions that are not run, and why. */
export const NOT_PLAYED: Readonly<Record<string, string>> = {
  "docs/chat.md: Running a server 1": SQLITE,
  "docs/collect.md: A session 1": LONG,
  "docs/collect.md: The file 1": SQLITE,
  "docs/mapreduce.md: A job of your own 3":
    "it waits for six sandboxes to die; tests/e2e/mapreduce_sandbox_test.ts does the same",
  "docs/mapreduce.md: Memory and spill 1":
    "it spills; tests/e2e/mapreduce_memory_test.ts does, too",
  "docs/mapreduce.md: What happens when things die 1":
    "tests/e2e/mapreduce_kill_test.ts kills coordinators and goes on",
  "docs/mapreduce.md: What happens when things die 2":
    "tests/e2e/mapreduce_kill_test.ts kills coordinators and goes on",
  "docs/timer.md: A diagnosis 1": LONG,
  "docs/timer.md: Files 1": LONG,
  "docs/timer.md: Comparing two runs 1": LONG,
};
