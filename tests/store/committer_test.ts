import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Committer } from "../../lib/store/committer.ts";

/** A table of numbers, and a clock that the test sets. */
function room(retryMs: number) {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (x INTEGER PRIMARY KEY)");
  const state = { nowMs: 0, rollBacks: 0 };
  const committer = new Committer(db, {
    path: "x",
    retryMs,
    nowMs: () => state.nowMs,
    onRollBack: () => state.rollBacks++,
  });
  const insert = (x: number) => () => void db.prepare("INSERT INTO t VALUES (?)").run(x);
  const numbers = () => db.prepare("SELECT x FROM t ORDER BY x").all().map(({ x }) => x);
  return { db, state, committer, insert, numbers };
}

Deno.test("commit() of Committer keeps nothing of what fails", () => {
  const { db, committer, insert, numbers, state } = room(0);
  committer.commit(insert(1));
  const both = () => [2, 1].map((x) => insert(x)());
  assert.throws(() => committer.commit(both), { name: "StoreError", code: "other" });
  assert.deepEqual(numbers(), [1]);
  assert.equal(state.rollBacks, 1);
  db.close();
});

Deno.test("commit() of Committer does not try for a while after a failure", () => {
  const { db, committer, insert, numbers, state } = room(1000);
  committer.commit(insert(1));
  assert.throws(() => committer.commit(insert(1)));
  state.nowMs = 999;
  assert.throws(() => committer.commit(insert(2)), { name: "StoreError" });
  state.nowMs = 1000;
  committer.commit(insert(3));
  committer.commit(insert(4));
  assert.deepEqual(numbers(), [1, 3, 4]);
  db.close();
});

Deno.test("commitInOrder() of Committer refuses what was sent before a failure was known", () => {
  const { db, committer, insert, numbers } = room(0);
  committer.commitInOrder(0, insert(1));
  assert.throws(() => committer.commitInOrder(0, insert(1)));
  assert.throws(() => committer.commitInOrder(0, insert(2)), /UNIQUE/);
  committer.commitInOrder(1, insert(3));
  assert.deepEqual(numbers(), [1, 3]);
  db.close();
});
