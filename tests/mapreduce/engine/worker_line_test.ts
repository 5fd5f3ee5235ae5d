import assert from "node:assert/strict";
import { LinePost } from "../../../lib/mapreduce/engine/line_post.ts";
import { mapreduceService } from "../../../lib/mapreduce/engine/protocol.ts";
import type { MapreduceKinds } from "../../../lib/mapreduce/engine/protocol.ts";
import { labelOf, WorkerLine } from "../../../lib/mapreduce/engine/worker_line.ts";
import type { Connection } from "../../../lib/transport/connection.ts";

/** A connection that takes nothing. */
function fullConnection() {
  const aborts: string[] = [];
  const stats = { bytesSent: 0 };
  const connection = {
    stats,
    send: () => false,
    writable: () => new Promise(() => {}),
    abort: (code: string) => void aborts.push(code),
  };
  return { aborts, stats, connection: connection as unknown as Connection<MapreduceKinds> };
}

Deno.test("WorkerLine.isStuck() is true when bulk waits and nothing but signs of life is taken", () => {
  const { connection, stats } = fullConnection();
  const line = new WorkerLine(connection);
  assert(!line.isStuck(0, 100));
  assert(!line.isStuck(500, 100)); // nothing waits
  line.post.bulk(mapreduceService.kinds.dataEnd, { id: 1, bytes: 0 });
  stats.bytesSent = 5000;
  assert(!line.isStuck(600, 100));
  stats.bytesSent += 50;
  assert(!line.isStuck(699, 100));
  assert(line.isStuck(700, 100));
  stats.bytesSent += 5000;
  assert(!line.isStuck(800, 100));
});

Deno.test("LinePost.post() ends a line on which more waits than anybody takes", () => {
  const { connection, aborts } = fullConnection();
  const post = new LinePost(connection);
  for (let i = 0; i <= 100_000; i++) post.post(mapreduceService.kinds.over, { outcome: "" });
  assert.deepEqual(aborts, ["slow-reader"]);
});

Deno.test("labelOf() shows no more of a name than fits into a line", () => {
  assert.equal(labelOf({ host: "ada", pid: 1 }), "ada:1");
  assert.equal(labelOf({ host: "h".repeat(9999), pid: 1 }), `${"h".repeat(100)}:1`);
});
