import { CountSet } from "../counts.ts";
import { JobError } from "../job_error.ts";
import { LastLines } from "../last_lines.ts";
import type { StepReport, TaskSigns } from "../running_job.ts";
import type { Program } from "../spawner.ts";
import { LineSplitter } from "./line_splitter.ts";
import { ProgramInput } from "./program_input.ts";
import { reporterLine } from "./reporter_line.ts";

/** A step that a program does. */
export interface ProgramStep {
  /** `mapper` or `reducer`. */
  readonly what: string;
  start(): Program;
  /** Gives the program its input; ends early when that is closed. */
  feed(input: ProgramInput): Promise<void>;
  /** Takes a line that it wrote, a view without LF. */
  onLine(line: Uint8Array): void;
  /** Is waited for after each part of the output. */
  written?(): Promise<void>;
}

/**
 * Runs a program to its end.
 *
 * @throws {JobError} when it cannot be started, or ends with another status than 0
 * @throws the signal's reason, and what `feed` throws
 */
export async function runProgram(step: ProgramStep, signs: TaskSigns): Promise<StepReport> {
  const { signal } = signs;
  signal.throwIfAborted();
  const program = started(step);
  const kill = () => program.kill();
  signal.addEventListener("abort", kill, { once: true });
  const counts = new CountSet();
  const lastErrors = new LastLines((line) => {
    const said = reporterLine(line);
    if (said?.type === "counter") counts.add(said.group, said.counter, said.n);
    if (said?.type === "status") signs.alive(said.text);
    return said !== undefined;
  });
  const errors = lastErrors.readAll(program.errors);
  const output = readLines(program, step, signs);
  const input = new ProgramInput(program, () => signs.alive());
  const fed = step.feed(input).then(() => input.end());
  try {
    await Promise.all([fed, output]);
    const { code, signal: by } = await program.ended;
    await errors;
    signal.throwIfAborted();
    if (code === 0 && by === undefined) return { counts: counts.toCounts(), skipped: [] };
    const how = by === undefined ? `status ${code}` : by;
    const said = lastErrors.lines.map((line) => `: ${line}`).join("");
    throw new JobError(`The ${step.what} ended with ${how}${said}`);
  } catch (error) {
    program.kill();
    await Promise.allSettled([fed, output, errors]);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function started({ what, start }: ProgramStep): Program {
  try {
    return start();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JobError(`Cannot start the ${what}: ${why}`, { cause });
  }
}

async function readLines(program: Program, step: ProgramStep, signs: TaskSigns): Promise<void> {
  const lines = new LineSplitter(step.onLine);
  for await (const bytes of program.output) {
    lines.push(bytes);
    await step.written?.();
    signs.alive();
  }
  lines.end();
}
