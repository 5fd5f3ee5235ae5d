import { Buffer } from "node:buffer";
import type { EngineLimits } from "../../../lib/mapreduce/engine/engine_limits.ts";
import type { Folder, FolderFile } from "../../../lib/mapreduce/engine/folder.ts";
import { JOURNAL_NAME } from "../../../lib/mapreduce/engine/journal.ts";
import type { TaskRunner } from "../../../lib/mapreduce/engine/task_runner.ts";
import type { DeliberateBug } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";

/** The bugs that this scenario knows. */
export const MAPREDUCE_BUGS: readonly DeliberateBug[] = [
  {
    name: "journal-unsynced",
    what: "what is in the journal is not synced before anyone uses it",
    breaks: "kept",
  },
  { name: "part-unsynced", what: "an output gets its name before it is synced", breaks: "kept" },
  {
    name: "forgets-outputs",
    what: "a resumed job does not look at the outputs that are there",
    breaks: "once",
  },
  { name: "run-doubled", what: "a run that comes twice counts twice", breaks: "once" },
  { name: "journal-shuffled", what: "lines of one write change places", breaks: "order" },
  { name: "runs-swapped", what: "runs are not merged in the order of the tasks", breaks: "order" },
  { name: "relay-unlimited", what: "who sends relayed bytes never waits", breaks: "memory" },
  {
    name: "upload-unlimited",
    what: "who sends outputs never waits for the disk",
    breaks: "memory",
  },
  { name: "never-stalled", what: "an attempt that hangs is not given up", breaks: "ends" },
  { name: "waits-for-ever", what: "a job without workers waits for ever", breaks: "ends" },
  { name: "deaf-task", what: "a task that hangs goes on when it is cancelled", breaks: "ends" },
  { name: "stale-copy", what: "a worker takes a file for its copy that differs", breaks: "oracle" },
  { name: "untidy", what: "what an earlier life was sent stays in the folder", breaks: "oracle" },
  { name: "silent-disk", what: "nobody hears that a write of an output failed", breaks: "oracle" },
];

/** Limits of the coordinator. */
export function limitsWith(sim: Sim): Partial<EngineLimits> {
  if (sim.hasBug("never-stalled")) return { stallMs: 1e12, backupFactor: 1e12, backupMs: 1e12 };
  if (sim.hasBug("waits-for-ever")) return { noWorkerMs: 1e12 };
  return {};
}

/** The output folder of the coordinator. */
export function outputWith(sim: Sim, folder: Folder): Folder {
  const file = (name: string, { write, sync, close }: FolderFile): FolderFile => {
    const isJournal = name === JOURNAL_NAME;
    if (isJournal && sim.hasBug("journal-unsynced")) sync = () => Promise.resolve();
    if (!isJournal && sim.hasBug("part-unsynced")) sync = () => Promise.resolve();
    if (isJournal && sim.hasBug("journal-shuffled")) {
      const { write: plain } = { write };
      write = (bytes) => plain(reversed(bytes));
    }
    if (!isJournal && sim.hasBug("silent-disk")) {
      const { write: plain } = { write };
      write = (bytes) => plain(bytes).catch(() => {});
    }
    return { write, sync, close };
  };
  return {
    ...folder,
    create: async (name) => file(name, await folder.create(name)),
    extend: async (name, keepBytes) => file(name, await folder.extend(name, keepBytes)),
    open: async (name) => {
      if (name.startsWith("part-") && sim.hasBug("forgets-outputs")) return undefined;
      return await folder.open(name);
    },
    list: async () => sim.hasBug("untidy") ? [] : await folder.list(),
  };
}

/** What runs the tasks of a worker. */
export function runnerWith(sim: Sim, runner: TaskRunner): TaskRunner {
  return {
    runMap: (work, handle) =>
      runner.runMap(work, sim.hasBug("deaf-task") ? { ...handle, signal: never() } : handle),
    runReduce: (work, handle) => {
      const runs = sim.hasBug("run-doubled")
        ? [...work.runs, ...work.runs.slice(0, 1)]
        : sim.hasBug("runs-swapped")
        ? work.runs.toReversed()
        : work.runs;
      return runner.runReduce({ ...work, runs }, handle);
    },
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

/** The copies that a worker has, as its tasks read them. */
export function copiesWith(
  sim: Sim,
  copies: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (!sim.hasBug("stale-copy")) return copies;
  return new Map([...copies].map(([name, text]) => [name, text.replace(/\S/, "v")]));
}

function reversed(bytes: Uint8Array): Uint8Array {
  const lines = Buffer.from(bytes).toString().split("\n").slice(0, -1);
  return Buffer.from(lines.toReversed().map((line) => `${line}\n`).join(""));
}

function never(): AbortSignal {
  return new AbortController().signal;
}
