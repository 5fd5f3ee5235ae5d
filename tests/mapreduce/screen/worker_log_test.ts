import assert from "node:assert/strict";
import { WorkerLog } from "../../../lib/mapreduce/screen/worker_log.ts";
import { LogFixture } from "../../log/log_fixture.ts";

const PARTS = {
  coordinator: { host: "192.0.2.7", port: 7790 },
  ...{ threads: 2, timeoutMs: 60_000 },
};
const NAME = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
const JOINED = { type: "joined", run: "a", epoch: 1 } as const;
const waiting = (message: string) => ({ type: "waiting", delayMs: 100, message }) as const;

/** What is said after some events, line by line. */
async function said(tell: (log: WorkerLog) => void): Promise<readonly string[]> {
  const fixture = new LogFixture();
  {
    await using log = await fixture.open();
    tell(new WorkerLog(log, PARTS));
  }
  return fixture.stderr.trimEnd().split("\n");
}

Deno.test("WorkerLog says once that it waits, that it is back, and how much it did", async () => {
  const lines = await said((log) => {
    log.event(JOINED);
    log.event({ type: "done", name: NAME });
    log.event(waiting("The peer hung up"));
    log.event(waiting("Cannot reach 192.0.2.7:7790: connection refused"));
    log.event(JOINED);
    log.event(waiting("again"));
    log.end({ outcome: "done" });
  });
  const where = "the coordinator at 192.0.2.7:7790";
  assert.deepEqual(lines, [
    `tram: joined ${where}, 2 tasks at once`,
    `tram: lost ${where}, waiting up to 60 s for it: The peer hung up`,
    `tram: joined ${where} again`,
    `tram: lost ${where}, waiting up to 60 s for it: again`,
    "tram: the job is over: done; 1 attempt went through here",
  ]);
});

Deno.test("WorkerLog says that the coordinator is not there, and when it gives up", async () => {
  const where = "the coordinator at 192.0.2.7:7790";
  const lines = await said((log) => {
    log.event(waiting("Cannot reach 192.0.2.7:7790: connection refused"));
    const message = "Cannot reach 192.0.2.7:7790: \u001b[31mtimed out";
    assert.throws(() => log.end({ outcome: "lost", message }), {
      code: "unreachable",
      message: `Cannot reach ${where} within 60 s: \\x1b[31mtimed out`,
    });
  });
  assert.deepEqual(lines, [`tram: waiting up to 60 s for ${where}: connection refused`]);
});
