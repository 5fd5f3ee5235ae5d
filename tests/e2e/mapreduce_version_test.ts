/** `mapreduce` when coordinator and worker are of different versions. */
import assert from "node:assert/strict";
import type { Join } from "../../lib/mapreduce/engine/messages.ts";
import { mapreduceService, OTHER_VERSION } from "../../lib/mapreduce/engine/protocol.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/listen.ts";
import { parseTokens } from "../../lib/transport/token.ts";
import { ROOM_TOKEN, withRoom } from "./mapreduce_room.ts";
import { runTram } from "./processes.ts";

const { kinds } = mapreduceService;
const [token] = parseTokens(ROOM_TOKEN, "the room");
assert(token !== undefined);
const OTHER = "tram 99.0.0, Unicode 1.1";

Deno.test("mapreduce run takes no worker of another version, says so, and goes on", () =>
  withRoom(async (room) => {
    room.writeInputs(1, 1000);
    await using run = await room.run(["--job", "sort"]);
    const nothing = () => {};
    const connection = await dial(
      mapreduceService,
      { host: "127.0.0.1", port: Number(run.port), token, clientId: "other" },
      () => ({
        ...{ job: nothing, runMap: nothing, runReduce: nothing, moved: nothing, cancel: nothing },
        ...{ over: nothing, fetch: nothing, data: nothing, dataEnd: nothing },
      }),
    );
    connection.send(kinds.join, {
      ...{ worker: "other", host: "far", pid: 7, slots: 1, shuffleHost: "", shufflePort: 0 },
      ...{ run: "", version: OTHER, holds: [] },
    });
    const { code, by, message } = await connection.closed;
    assert.deepEqual([code, by], [OTHER_VERSION, "peer"]);
    assert.match(
      message,
      /^Cannot take tram 99\.0\.0, Unicode 1\.1: the coordinator has tram \d\S+, Unicode \d+\.\d$/,
    );
    await using _ = await room.worker(run);
    const end = await run.ended();
    assert.equal(end.code, 0, end.stderr);
    const [refused] = end.events.filter(({ change }) => change === "refused");
    assert.deepEqual([refused?.["label"], refused?.["message"]], ["far:7", message]);
    assert.deepEqual(room.output(), await room.oracle(["--job", "sort"]));
  }));

Deno.test("mapreduce worker that is of another version than the coordinator says so and ends", async () => {
  const joins: Join[] = [];
  const message = `Cannot take this version: the coordinator has ${OTHER}`;
  await using server = listen(mapreduceService, { tokens: [token] }, (connection) => {
    const job = JSON.stringify({ type: "sort" });
    connection.send(kinds.job, { run: "run", epoch: 1, partitions: 1, job });
    const nothing = () => {};
    return {
      join(join) {
        joins.push(join);
        connection.abort(OTHER_VERSION, message);
      },
      ...{ progress: nothing, mapDone: nothing, failed: nothing, output: nothing },
      ...{ reduceDone: nothing, fetch: nothing, read: nothing, data: nothing, dataEnd: nothing },
    };
  });
  const { port } = server.address;
  const args = ["mapreduce", "worker", "--coordinator", `127.0.0.1:${port}`, "--timeout", "20s"];
  const { code, stderr } = await runTram(args, { TRAM_TOKEN: ROOM_TOKEN });
  assert.equal(code, 77, stderr);
  assert.equal(stderr.split("\n").filter((line) => line.includes(message)).length, 1, stderr);
  assert.equal(joins.length, 1, "it does not try again");
  assert.match(joins[0]?.version ?? "", /^tram \d+\.\d+\.\d+, Unicode \d+\.\d+$/);
});
