/** A room in which `tram mapreduce` runs. */
import type { MemoryDisk } from "./memory_disk.ts";
import { FakeRoom } from "../fake_context.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../../lib/mapreduce/run.ts";
import "../../lib/mapreduce/worker.ts";
import "../../lib/mapreduce/jobs/built_in/word_count.ts";
import "../../lib/mapreduce/jobs/built_in/count_field.ts";
import "../../lib/mapreduce/jobs/built_in/sort.ts";

/** Long enough for every limit of the engine, in milliseconds. */
export const LIMIT_MS = 600_000;

/** A room with three files. */
export function room(): FakeRoom {
  const made = new FakeRoom();
  made.inputFiles.put("/data/a.txt", "one two two\nthree three three\n");
  made.inputFiles.put("/data/b.txt", "two\tback\\slash\n");
  made.inputFiles.put("/data/sub/c.txt", "zwei\n");
  return made;
}

/** Runs `tram mapreduce ARGS` to its end. */
export async function ended(at: FakeRoom, args: readonly string[], columns?: number) {
  const process = at.run(["mapreduce", ...args], {}, columns);
  const code = await at.clock.runUntil(process.exitCode, LIMIT_MS);
  return { code, out: process.stdout.text, err: process.stderr.text };
}

/** All lines of an output, sorted, without the journal. */
export function linesOf(disk: MemoryDisk, folder: string): string[] {
  const parts = Object.entries(disk.texts(folder)).filter(([name]) => name.startsWith("part-"));
  return parts.flatMap(([, text]) => text.split("\n").filter(Boolean)).sort();
}

export const COUNT = ["run", "--job", "wordcount", "--output", "out"];
export const COUNTED = ["back\\\\slash\t1", "one\t1", "three\t3", "two\t3", "zwei\t1"];
