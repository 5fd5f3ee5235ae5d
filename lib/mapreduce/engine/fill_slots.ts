/**
 * Gives free slots something to do: rules 3 and 4 of the scheduler.
 *
 * Maps come first; then reduces, when each map output is there; then backups of what takes long.
 */
import type { AttemptBook } from "./attempt_book.ts";
import type { RunningAttempt, TaskState, WorkerState } from "./task_state.ts";

/** Begins what can begin now. */
export function fillSlots(book: AttemptBook): void {
  const { board, workers, nowMs } = book;
  // A map output that is missing is needed by nobody once the last reduce attempt is through.
  if (board.reduces.every((task) => task.isDone || task.isBeingRecorded)) return;
  if (!board.mapsAreDone) {
    for (const task of board.waitingMaps(nowMs)) {
      if (startAnywhere(book, task)) continue;
      makeRoomFor(book, task);
      if (!workers.hasRoom()) return;
    }
  }
  if (board.mapsAreDone) {
    for (const task of board.waitingReduces(nowMs)) {
      if (!startAnywhere(book, task) && !workers.hasRoom()) return;
    }
  }
  startBackups(book);
}

function startAnywhere(book: AttemptBook, task: TaskState): boolean {
  const worker = book.workers.choose(task) ?? takeFromBackup(book, task);
  if (worker !== undefined) book.start(task, worker, false);
  return worker !== undefined;
}

/** Ends the reduce attempt that began last, so that a map task gets its slot. */
function makeRoomFor(book: AttemptBook, map: TaskState): void {
  const { workers, board: { running, active } } = book;
  // One is enough: while it does the map task, the others wait.
  if (running.reduce === 0 || running.map > 0) return;
  let latest: { task: TaskState; attempt: RunningAttempt } | undefined;
  for (const task of active) {
    for (const attempt of task.running) {
      if (task.kind === "map" || workers.get(attempt.worker)?.isShunned) continue;
      if (latest !== undefined && attempt.startedMs < latest.attempt.startedMs) continue;
      latest = { task, attempt };
    }
  }
  const worker = workers.get(latest?.attempt.worker ?? "");
  if (latest === undefined || worker === undefined) return;
  book.cancel(latest.task, latest.attempt, "makes-room");
  book.start(map, worker, false);
}

/** Tries at another worker what takes long: first what was tried so least often, then what runs longest. */
function startBackups(book: AttemptBook): void {
  const late = [...book.board.active]
    .filter((task) => task.running.length === 1 && book.isLate(task, task.running[0]))
    .sort((a, b) => a.backups - b.backups || startOf(a) - startOf(b));
  for (const task of late) {
    const worker = book.workers.chooseBackup(task) ?? takeFromBackup(book, task);
    if (worker !== undefined) book.start(task, worker, true);
  }
}

/**
 * Ends a backup attempt that takes long itself, of a task that had more of them: what hangs everywhere
 * must not keep the slot from what would be through at once.
 */
function takeFromBackup(book: AttemptBook, wanted: TaskState): WorkerState | undefined {
  for (const task of book.board.active) {
    const [, backup] = task.running;
    if (backup === undefined || task.backups <= wanted.backups) continue;
    const worker = book.workers.get(backup.worker);
    if (worker === undefined || !book.workers.canTakeOver(wanted, worker)) continue;
    if (!book.isLate(task, backup)) continue;
    book.cancel(task, backup, "makes-room");
    return worker;
  }
  return undefined;
}

function startOf({ running }: TaskState): number {
  return running[0]?.startedMs ?? 0;
}
