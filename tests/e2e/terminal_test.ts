/** What happens to what tram prints: readers that go away, files that are full, pipes that are. */
import assert from "node:assert/strict";
import { type Ended, tramCommand, TramProcess } from "./processes.ts";

/** Runs tram in a line of shell, in which `"$@"` stands for it. */
async function runIn(line: string, ...args: string[]): Promise<Ended> {
  const { command, prefix } = tramCommand();
  await using process = new TramProcess(
    ["-c", line, "sh", command, ...prefix, ...args],
    {},
    "/bin/sh",
  );
  return await process.ended;
}

/** Ends with the exit code of tram instead of that of its reader. */
const CODE_OF_FIRST = 'set -e; code=$({ { "$@" || echo "$?" >&3; } | READER >&4; } 3>&1) 4>&1; ' +
  "exit ${code:-0}";

for (const reader of ["head -n 1", "head -c 1", "true"]) {
  Deno.test(`tram --help is quiet when its reader is "${reader}"`, async () => {
    const { code, stdout, stderr } = await runIn(CODE_OF_FIRST.replace("READER", reader), "--help");
    assert.equal(stderr, "");
    assert.equal(code, 0);
    assert("USAGE\n".startsWith(stdout), stdout);
  });
}

for (const args of [["--help"], ["timer", "--help"], ["--version"]]) {
  Deno.test(`tram ${args.join(" ")} ends with 1 and one line when the disk is full`, async () => {
    if (Deno.build.os !== "linux") return;
    const { code, stderr } = await runIn('exec "$@" > /dev/full', ...args);
    assert.match(stderr, /^tram: Cannot write to standard output: No space left [^\n]+\n$/);
    assert.equal(code, 1);
  });
}

Deno.test("timer serve ends with 1 when nobody can be told that it is ready", async () => {
  if (Deno.build.os !== "linux") return;
  const { code, stderr } = await runIn('exec "$@" > /dev/full', "timer", "serve", "--port", "0");
  assert.match(stderr, /^tram: Cannot write to standard output: No space left [^\n]+\n/);
  assert.equal(code, 1);
});

Deno.test("tram waits for a slow reader, also on a pipe that was set not to block", async () => {
  const full = "head -c 65536 /dev/zero; dd if=/dev/null oflag=nonblock status=none";
  const line = `{ ${full}; "$@"; } | { sleep 0.5; tail -c +65537; }`;
  const slow = await runIn(line, "timer", "ping", "--help");
  const whole = await runIn('exec "$@"', "timer", "ping", "--help");
  assert.equal(slow.stdout, whole.stdout);
  assert.equal(slow.stderr, "");
});
