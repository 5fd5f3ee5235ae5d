import assert from "node:assert/strict";
import { systemClock } from "../../../../lib/clock/system_clock.ts";
import { openCommandJob } from "../../../../lib/mapreduce/jobs/command/open_command_job.ts";
import type { Program } from "../../../../lib/mapreduce/jobs/spawner.ts";
import { RunReader } from "../../../../lib/mapreduce/kernel/run_reader.ts";
import { BytesSource } from "../../kernel/bytes_source.ts";
import { fromLatin1, runOf } from "../../kernel/naive.ts";

/** A program that reads all of its input, writes nothing, and ends. */
function silentProgram(onRead: (bytes: number) => void): Program {
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number; signal: undefined }>();
  async function* nothing(): AsyncGenerator<Uint8Array> {
    await ended;
    yield* [];
  }
  return {
    write: ({ length }) => Promise.resolve(onRead(length)),
    endInput: () => Promise.resolve(resolve({ code: 0, signal: undefined })),
    ...{ output: nothing(), errors: nothing(), ended, kill() {} },
  };
}

Deno.test("openCommandJob() takes it for a sign of life when a reducer reads", async () => {
  const run = runOf(
    Array.from({ length: 5000 }, (_, i) => [fromLatin1(`${10_000 + i}`), new Uint8Array(95)]),
  );
  let readBytes = 0;
  let signs = 0;
  const program = silentProgram((bytes) => {
    assert(signs >= Math.floor(readBytes / 200_000), `${signs} signs in ${readBytes} bytes`);
    readBytes += bytes;
  });
  const spawner = { shell: () => program, sandbox: () => program };
  const parts = { kernel: "plain", memoryBytes: 1 << 20, clock: systemClock, spawner } as const;
  await using job = openCommandJob({ type: "command", mapper: "cat", reducer: "wc -l" }, parts);
  const { signal } = new AbortController();
  await job.reduce(new RunReader(new BytesSource(run)), () => {}, {
    signal,
    alive: () => signs++,
  });
  assert(readBytes > 500_000);
});
