import type { SchedulerOptions } from "./scheduler_types.ts";
import type { TaskBoard } from "./task_board.ts";

/** Puts what an earlier coordinator has recorded onto a board: winners, and what was given up. */
export function restoreTasks(
  board: TaskBoard,
  { winners = [], lost = [], nowMs, limits }: SchedulerOptions,
): void {
  for (const winner of winners) {
    const task = board.of(winner);
    if (task === undefined) continue;
    task.winner = winner;
    task.isRecorded = true;
    task.notBeforeMs = nowMs + limits.returnMs;
    board.changed(task);
  }
  for (const number of lost) {
    const task = board.maps[number];
    if (task === undefined) continue;
    task.isLost = true;
    board.changed(task);
  }
}
