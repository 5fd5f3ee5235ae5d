/** What is done of a job: in memory, in the journal, and in the end in the result. */
import { Buffer } from "node:buffer";
import type { CoordinatorParts, MappedBytes } from "./coordinator_types.ts";
import { ENGINE_VERSION } from "./engine_version.ts";
import { extendCrc32 } from "../input/extend_crc32.ts";
import { type Folder, FolderError, type FolderLock } from "./folder.ts";
import { type JobPlan, planFingerprint } from "./job_plan.ts";
import { type JobResult, PARTIAL_NAME, partName, SUCCESS_NAME, sumCounters } from "./job_result.ts";
import { Journal, JOURNAL_NAME, JournalError, journalState, readJournal } from "./journal.ts";
import type { MapLine, ReduceLine } from "./journal_line.ts";
import type { MapDone, ReduceDone } from "./messages.ts";
import { isLoss } from "../input/problem.ts";
import type { Winner } from "./scheduler_types.ts";

/** Name of the lock in the output folder: one coordinator at a time. It goes when the job is done. */
const LOCK_NAME = "_journal-lock";

/** Counters of what would have been named, had there not been too much of it. */
const LEFT_OUT = ["report.problems_left_out", "report.skipped_left_out"] as const;

/** Bytes that are checked at once. */
const CHECK_BYTES = 1024 * 1024;

/** How the work ended, before the output is closed. */
export type Ending = Pick<JobResult, "outcome" | "code" | "message">;

/** What a record is opened with. */
export type RecordParts = Pick<
  CoordinatorParts,
  "plan" | "output" | "isResumed" | "run" | "version"
>;

/** What is done of a job. */
export class JobRecord {
  readonly run: string;
  readonly epoch: number;
  readonly lost: Map<number, string>;
  readonly #plan: JobPlan;
  readonly #output: Folder;
  readonly #lock: FolderLock;
  readonly #journal: Journal;
  /** Whether all is done: then nobody goes on with it. */
  #isFinished = false;
  readonly #maps: Map<number, MapLine>;
  readonly #reduces: Map<number, ReduceLine>;

  private constructor(
    { plan, output }: RecordParts,
    lock: FolderLock,
    journal: Journal,
    state: Pick<JobRecord, "run" | "epoch" | "lost">,
    maps: Map<number, MapLine>,
    reduces: Map<number, ReduceLine>,
  ) {
    this.#plan = plan;
    this.#output = output;
    this.#lock = lock;
    this.#journal = journal;
    this.run = state.run;
    this.epoch = state.epoch;
    this.lost = state.lost;
    this.#maps = maps;
    this.#reduces = reduces;
  }

  /**
   * Begins a journal, or goes on with the one that is there.
   *
   * @throws {JournalError} when there is one and should be none, or none and should be one, or another
   * @throws {FolderError} also when another coordinator is at it
   */
  static async open(parts: RecordParts): Promise<JobRecord> {
    if (parts.isResumed) await checkJournal(parts.output);
    const lock = await parts.output.lock(LOCK_NAME);
    try {
      return await JobRecord.#open(parts, lock);
    } catch (error) {
      lock.release(false);
      throw error;
    }
  }

  static async #open(parts: RecordParts, lock: FolderLock): Promise<JobRecord> {
    const { plan, output, isResumed, version = ENGINE_VERSION } = parts;
    const fingerprint = planFingerprint(plan, version);
    const read = await readJournal(output);
    const isNew = read === undefined || read.lines.length === 0;
    if (!isResumed && !isNew) {
      throw new JournalError("The output folder holds a job already; go on with it by --resume");
    }
    if (isNew) {
      // A crash before the first line has done nothing yet.
      const { run } = parts;
      const journal = new Journal(await output.create(JOURNAL_NAME));
      await output.sync(); // lines on the disk are of no use in a file that has no name there
      await journal.add({ type: "job", version: 1, run, fingerprint });
      await journal.add({ type: "epoch", epoch: 1 });
      const state = { run, epoch: 1, lost: new Map() };
      return new JobRecord(parts, lock, journal, state, new Map(), new Map());
    }
    const before = journalState(read.lines, fingerprint);
    const reduces = new Map<number, ReduceLine>();
    for (const line of before.reduces.values()) {
      if (await isIntact(output, line)) reduces.set(line.task, line);
    }
    // A part of a job that was over is gone or changed: until it is there again, nobody may think it is.
    if (reduces.size < plan.partitions) {
      for (const name of [SUCCESS_NAME, PARTIAL_NAME]) await output.remove(name);
      await output.sync();
    }
    const journal = new Journal(await output.extend(JOURNAL_NAME, read.keepBytes));
    const epoch = before.epoch + 1;
    await journal.add({ type: "epoch", epoch });
    const state = { run: before.run, epoch, lost: new Map(before.lost) };
    return new JobRecord(parts, lock, journal, state, new Map(before.maps), reduces);
  }

  /** What was done before. */
  winners(): Winner[] {
    return [...this.#maps.values(), ...this.#reduces.values()].map(
      ({ epoch, kind, task, attempt, worker }) => ({ epoch, kind, task, attempt, worker }),
    );
  }

  /** Resolves when the winner is on the disk. @throws {FolderError} */
  async win(winner: Winner, done: MapDone | ReduceDone): Promise<void> {
    if ("parts" in done) {
      const { parts, counters, problems, skipped } = done;
      const line = { ...winner, type: "map", parts, counters, problems, skipped } as const;
      await this.#journal.add(line);
      this.#maps.set(winner.task, line);
    } else {
      const { bytes, crc32, counters, skipped } = done;
      const line = { ...winner, type: "reduce", bytes, crc32, counters, skipped } as const;
      await this.#journal.add(line);
      this.#reduces.set(winner.task, line);
    }
  }

  /** Whether a map task was through at some time, be its output gone. */
  wasMapped(task: number): boolean {
    return this.#maps.has(task);
  }

  /** Notes that a map task is left out. @throws {FolderError} */
  async lose(task: number, message: string): Promise<void> {
    this.lost.set(task, message);
    await this.#journal.add({ type: "lost", task, message });
  }

  /** Bytes that did not fit into memory, of winners. */
  spilledBytes(): number {
    let bytes = 0;
    for (const { counters } of this.#maps.values()) bytes += counters["map.spilled_bytes"] ?? 0;
    for (const { counters } of this.#reduces.values()) {
      bytes += counters["reduce.spilled_bytes"] ?? 0;
    }
    return bytes;
  }

  /** Stored bytes of inputs: of all map tasks, and of those that are done. */
  inputBytes(isMapped: (task: number) => boolean): MappedBytes {
    let total = 0;
    let done = 0;
    let earlier = 0;
    for (const [task, { splits }] of this.#plan.tasks.entries()) {
      const bytes = splits.reduce((sum, { startByte, endByte }) => sum + endByte - startByte, 0);
      total += bytes;
      if (!isMapped(task)) continue;
      done += bytes;
      // What was given up was not read, and what is not recorded yet is of this run.
      const epoch = this.lost.has(task) ? 0 : this.#maps.get(task)?.epoch ?? this.epoch;
      if (epoch < this.epoch) earlier += bytes;
    }
    return { total, done, earlier };
  }

  /** Reduce tasks that earlier runs have done. */
  earlierReduces(): number {
    let count = 0;
    for (const { epoch } of this.#reduces.values()) if (epoch < this.epoch) count++;
    return count;
  }

  /** Closes the output, its last file last, and sums up. Never throws. */
  async finish(
    ending: Ending,
  ): Promise<Omit<JobResult, "attempts" | "backups" | "refused" | "wallMs">> {
    const problems = [...this.#maps.values()].flatMap(({ problems }) => problems)
      .sort((a, b) => a.input - b.input || a.offset - b.offset);
    const lost = [...this.lost].map(([task, message]) => ({ task, message }))
      .sort((a, b) => a.task - b.task);
    const reduces = [...this.#reduces.values()].sort((a, b) => a.task - b.task);
    const winners = [...[...this.#maps.values()].sort((a, b) => a.task - b.task), ...reduces];
    const skipped = winners.flatMap(({ skipped }) => skipped);
    const isPartial = problems.some(isLoss) || lost.length > 0 || skipped.length > 0 ||
      winners.some(({ counters }) => LEFT_OUT.some((name) => counters[name] !== undefined));
    const earlier = winners.filter(({ epoch }) => epoch < this.epoch);
    let final: Ending = ending;
    if (ending.outcome === "done") {
      final = { outcome: isPartial ? "partial" : "done" };
      try {
        await this.#journal.add({ type: "end", outcome: final.outcome });
        await this.#mark(isPartial ? JSON.stringify({ problems, skipped, lost }) : undefined);
        this.#isFinished = true;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        final = { outcome: "failed", code: "disk", message };
      }
    }
    return {
      ...{ code: undefined, message: undefined },
      ...final,
      counters: sumCounters(winners.map(({ counters }) => counters)),
      problems,
      skipped,
      lost,
      parts: reduces.map(({ task, bytes, crc32 }) => ({ name: partName(task), bytes, crc32 })),
      earlier: {
        maps: earlier.filter(({ kind }) => kind === "map").length,
        reduces: earlier.filter(({ kind }) => kind === "reduce").length,
        storedBytes: earlier.reduce(
          (sum, { counters }) => sum + (counters["map.stored_bytes"] ?? 0),
          0,
        ),
      },
    };
  }

  /** Ends writing: now somebody else may. */
  close(): void {
    this.#journal.close();
    this.#lock.release(this.#isFinished);
  }

  /** Writes the last file of the output. */
  async #mark(missing: string | undefined): Promise<void> {
    const name = missing === undefined ? SUCCESS_NAME : PARTIAL_NAME;
    const file = await this.#output.create(`.${name}`);
    try {
      if (missing !== undefined) await file.write(Buffer.from(`${missing}\n`));
      await file.sync();
    } finally {
      file.close();
    }
    await this.#output.rename(`.${name}`, name);
  }
}

/** A folder without a journal is somebody else's: not even a lock is left in it. @throws {JournalError} */
async function checkJournal(output: Folder): Promise<void> {
  const reader = await output.open(JOURNAL_NAME);
  if (reader === undefined) {
    throw new JournalError("Cannot resume: the output folder has no journal");
  }
  reader.close();
}

/** Whether an output is still as it was written. */
async function isIntact(folder: Folder, line: ReduceLine): Promise<boolean> {
  const reader = await folder.open(partName(line.task));
  if (reader === undefined) return false;
  try {
    if (reader.size !== line.bytes) return false;
    let crc = 0;
    for (let at = 0; at < line.bytes; at += CHECK_BYTES) {
      const bytes = await reader.read(at, Math.min(CHECK_BYTES, line.bytes - at));
      crc = extendCrc32(crc, bytes);
    }
    return crc === line.crc32;
  } catch (error) {
    if (error instanceof FolderError) return false;
    throw error;
  } finally {
    reader.close();
  }
}
