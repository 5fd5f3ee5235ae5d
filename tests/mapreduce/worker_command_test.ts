/** `tram mapreduce worker`. */
import assert from "node:assert/strict";
import { COUNT, COUNTED, ended, LIMIT_MS, linesOf, room } from "./run_room.ts";

Deno.test("mapreduce worker helps a run that waits for it, with the token of both", async () => {
  const at = room();
  const run = at.run(["mapreduce", ...COUNT, "--workers", "join", "/data"]);
  await at.clock.runUntil(run.stderr.matching(/listening on 127\.0\.0\.1:7790/), LIMIT_MS);
  const args = ["worker", "--coordinator", "127.0.0.1", "--input-root", "/data", "--json"];
  const worker = await ended(at, args);
  assert.equal(worker.code, 0);
  assert.match(worker.out, /^\{"type":"joined".*\n\{"type":"started","epoch":1,"kind":"map"/);
  assert.match(worker.out, /\n\{"type":"over","outcome":"done"\}\n$/);
  assert.equal(await at.clock.runUntil(run.exitCode, LIMIT_MS), 0);
  assert.deepEqual(linesOf(at.mapreduceHost.disk, "out"), COUNTED);
});

Deno.test("mapreduce worker ends with 69 when there is no coordinator for --timeout", async () => {
  const at = room();
  const fromNs = at.clock.monotonicNs();
  const args = ["worker", "--coordinator", "127.0.0.1:4711", "--timeout", "5s"];
  const { code, err } = await ended(at, args);
  assert.equal(code, 69);
  assert.match(
    err,
    /^tram: waiting up to 5 s for the coordinator at 127\.0\.0\.1:4711: connection refused.*\n/,
  );
  assert.match(
    err,
    /\ntram: Cannot reach the coordinator at 127\.0\.0\.1:4711 within 5 s: .*\n$/,
  );
  assert((at.clock.monotonicNs() - fromNs) / 1e6 >= 5000);
});

for (
  const [args, says] of [
    [
      ["--input-root", "/nothing"],
      /^tram: Cannot use --input-root \/nothing: there is no such folder/,
    ],
    [
      ["/data/none.txt"],
      /^tram: Cannot use \/data\/none\.txt as copy of an input: there is no such/,
    ],
  ] as const
) {
  Deno.test(`mapreduce worker ends with 2 for ${args.join(" ")}`, async () => {
    const { code, err } = await ended(room(), ["worker", "--coordinator", "127.0.0.1", ...args]);
    assert.match(err, says);
    assert.equal(code, 2);
  });
}
