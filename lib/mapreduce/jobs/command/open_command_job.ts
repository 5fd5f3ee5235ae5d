/** Programs as steps, by the contract of Hadoop Streaming: lines on standard input and output. */
import { recordLines } from "../built_in/text_lines.ts";
import type { CommandJob } from "../job_description.ts";
import { reduceToSame } from "../reduce_steps.ts";
import type {
  Emit,
  JobParts,
  MapInput,
  ReduceEmit,
  RunningJob,
  TaskSigns,
} from "../running_job.ts";
import type { RunCursor } from "../../kernel/run_cursor.ts";
import type { Spawner } from "../spawner.ts";
import { keyEnd } from "./key_end.ts";
import type { ProgramInput } from "./program_input.ts";
import { runProgram } from "./run_program.ts";

const LF = new Uint8Array([0x0a]);
const TAB = new Uint8Array([0x09]);

/**
 * Opens a job whose steps are programs; each task starts its own. The mapper gets lines: of text each
 * line, of WARC the lines of each record. What the programs write is taken as it is: the key ends at
 * the first TAB, and nothing is escaped.
 */
export function openCommandJob({ mapper, reducer }: CommandJob, parts: JobParts): RunningJob {
  const { spawner } = parts;
  return {
    combine: undefined,
    map: (input, emit, signs) => mapByProgram(mapper, spawner, input, emit, signs),
    reduce(cursor, emit, signs) {
      if (reducer === undefined) return reduceToSame(cursor, emit, signs);
      return reduceByProgram(reducer, spawner, cursor, emit, signs);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function mapByProgram(
  command: string,
  spawner: Spawner,
  input: MapInput,
  emit: Emit,
  signs: TaskSigns,
) {
  return runProgram({
    what: "mapper",
    start: () => spawner.shell(command),
    async feed(to) {
      for await (const batch of input.records()) {
        for (const record of batch) {
          for (const line of recordLines(record)) {
            const waiting = writeAll(to, [line, LF]);
            if (waiting !== undefined) await waiting;
            if (to.hasClosed) return;
          }
        }
        signs.alive();
      }
    },
    onLine: (line) => emitLine(line, emit),
  }, signs);
}

function reduceByProgram(
  command: string,
  spawner: Spawner,
  cursor: RunCursor,
  emit: ReduceEmit,
  signs: TaskSigns,
) {
  let waiting: Promise<void>[] = [];
  return runProgram({
    what: "reducer",
    start: () => spawner.shell(command),
    async feed(to) {
      try {
        while (!to.hasClosed && (cursor.next() || await cursor.load())) {
          const { bytes, keyStart, keyEnd: end, valueStart, valueEnd } = cursor;
          const key = bytes.subarray(keyStart, end);
          const waiting = writeAll(to, [key, TAB, bytes.subarray(valueStart, valueEnd), LF]);
          if (waiting !== undefined) await waiting;
        }
      } finally {
        cursor.close();
      }
    },
    onLine: (line) =>
      emitLine(line, (key, value) => {
        const written = emit(key, value);
        if (written !== undefined) waiting.push(written);
      }),
    async written() {
      await Promise.all(waiting);
      waiting = [];
    },
  }, signs);
}

function emitLine(line: Uint8Array, emit: ReduceEmit): void {
  const end = keyEnd(line);
  void emit(line.subarray(0, end), line.subarray(Math.min(end + 1, line.length)));
}

/** Waits only where it has to. */
async function writeSlowly(to: ProgramInput, parts: readonly Uint8Array[], from: number) {
  for (const part of parts.slice(from)) await to.write(part);
}

function writeAll(to: ProgramInput, parts: readonly Uint8Array[]): void | Promise<void> {
  for (const [at, part] of parts.entries()) {
    const waiting = to.write(part);
    if (waiting !== undefined) return waiting.then(() => writeSlowly(to, parts, at + 1));
  }
}
