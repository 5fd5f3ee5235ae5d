import assert from "node:assert/strict";
import type { EngineStatus } from "../../../lib/mapreduce/engine/coordinator_types.ts";
import { ProgressBoard } from "../../../lib/mapreduce/screen/progress_board.ts";
import { PLAIN_STYLE } from "../../../lib/terminal/style.ts";

const MIB = 1024 * 1024;

/** Half of 100 MiB is mapped, two attempts run at one task. */
const STATUS: EngineStatus = {
  phase: "map",
  done: { map: 5, reduce: 0 },
  running: { map: 1, reduce: 0 },
  total: { map: 10, reduce: 8 },
  ...{ workers: 2, attempts: 7, backups: 1, refused: 0, sentInputBytes: 0 },
  relayedBytes: 3 * MIB,
  inputBytes: { total: 100 * MIB, done: 50 * MIB, earlier: 0 },
  ...{ earlierReduces: 0, spilledBytes: 7 * MIB },
  workersNow: [5, 8].map((mib, i) => ({
    ...{ worker: `w${i}`, label: `ada:${i}`, slots: 1, isShunned: false },
    attempts: [{
      name: { epoch: 1, kind: "map", task: 5, attempt: i + 1 },
      ...{ startedMs: 0, bytes: mib * MIB, records: mib * 1000, isBackup: i === 1 },
      spilledBytes: i * MIB,
      status: i === 1 ? "half\u001b[31m" : "",
    }],
  })),
};

Deno.test("ProgressBoard.lines() shows bytes, rate, time left, tasks and what workers do", () => {
  const board = new ProgressBoard(0);
  const lines = board.lines(STATUS, 1000, 100, PLAIN_STYLE);
  assert.match(
    lines[0] ?? "",
    /^map {2}█.*░ {3}57% {2}58 MiB\/100 MiB {2}58 MiB\/s {2}ETA 1 s$/,
    "of two attempts at one task, the one that is ahead counts",
  );
  assert.deepEqual(lines.slice(1), [
    "  map 5/10, reduce 0/8, 2 workers, 7 attempts, 1 backup, 7 MiB spilled, 3 MiB relayed",
    "  ada:0: map 5, 5 MiB, 5,000 records",
    "  ada:1: map 5 (backup), 8 MiB, 8,000 records, 1 MiB spilled, half\\x1b[31m",
  ]);
});

Deno.test("ProgressBoard.lines() breaks figures where the terminal is narrow", () => {
  const lines = new ProgressBoard(0).lines(STATUS, 1000, 40, PLAIN_STYLE);
  assert.deepEqual(lines.slice(0, -2), [
    "map  █████▏░░░   57%  58 MiB/s  ETA 1 s",
    "  map 5/10, reduce 0/8, 2 workers",
    "  7 attempts, 1 backup, 7 MiB spilled",
    "  3 MiB relayed",
  ]);
});

Deno.test("ProgressBoard.lines() of a resumed run counts what was done before, but not in rates", () => {
  const board = new ProgressBoard(0);
  const inputBytes = { total: 100 * MIB, done: 50 * MIB, earlier: 40 * MIB };
  const resumed = { ...STATUS, workersNow: [], inputBytes };
  const [map] = board.lines(resumed, 1000, 100, PLAIN_STYLE);
  assert.match(map ?? "", / 50% {2}50 MiB\/100 MiB {2}10 MiB\/s {2}ETA 5 s$/);
  const reducing = { ...resumed, phase: "reduce", earlierReduces: 4 } as const;
  const whole = { total: 100 * MIB, done: 100 * MIB, earlier: 40 * MIB };
  const at = (reduce: number) => ({
    ...{ ...reducing, inputBytes: whole },
    done: { map: 10, reduce },
  });
  board.lines(at(4), 2000, 100, PLAIN_STYLE);
  const [mapped, reduced] = board.lines(at(6), 4000, 100, PLAIN_STYLE);
  assert.match(mapped ?? "", /100% {2}100 MiB\/100 MiB {2}30 MiB\/s {2}in 2\.0 s$/);
  assert.match(reduced ?? "", / 75% {2}6\/8 {2}1\/s {2}ETA 2 s$/);
});

Deno.test("ProgressBoard.lines() begins anew with reduce, and shows eight workers at most", () => {
  const board = new ProgressBoard(0);
  board.lines(STATUS, 1000, 80, PLAIN_STYLE);
  const [worker] = STATUS.workersNow;
  const workersNow = Array.from({ length: 11 }, () => ({ ...worker!, attempts: [] }));
  const reducing = { ...STATUS, phase: "reduce", workersNow } as const;
  board.lines(reducing, 2000, 80, PLAIN_STYLE);
  const done = { map: 10, reduce: 4 };
  const lines = board.lines({ ...reducing, done }, 4000, 80, PLAIN_STYLE);
  assert.match(lines[0] ?? "", /^map {5}█.* 50% .* ETA 2 s$/);
  assert.match(lines[1] ?? "", /^reduce {2}█.* {3}50% {2}4\/8 {2}2\/s {2}ETA 2 s$/);
  assert.equal(lines[4], "  ada:0: idle");
  assert.deepEqual([lines.length, lines.at(-1)], [13, "  and 3 more workers"]);
});

Deno.test("ProgressBoard.event() says the same in numbers", () => {
  const event = new ProgressBoard(0).event(STATUS, 1000);
  assert.deepEqual(event, {
    type: "progress",
    phase: "map",
    maps: { done: 5, running: 1, total: 10 },
    reduces: { done: 0, running: 0, total: 8 },
    inputBytes: { done: 58 * MIB, total: 100 * MIB, earlier: 0 },
    ratePerSecond: 58 * MIB,
    leftMs: 725,
    ...{ workers: 2, attempts: 7, backups: 1, refused: 0 },
    ...{ relayedBytes: 3 * MIB, sentInputBytes: 0, spilledBytes: 7 * MIB, elapsedMs: 1000 },
  });
});
