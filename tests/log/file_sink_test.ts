import assert from "node:assert/strict";
import fc from "fast-check";
import { LogFixture } from "./log_fixture.ts";

/** What comes after the category in each line. */
function messagesOf(text: string): string[] {
  return text.split("\n").slice(0, -1).map((line) => line.slice(line.indexOf(": ") + 2));
}

Deno.test("FileSink writes a warning at once and the rest within a second", async () => {
  const world = new LogFixture();
  await using log = await world.open({ file: "a.log" });
  log.info("one");
  assert.equal(world.text("a.log"), "");
  await world.clock.advance(1000);
  assert.deepEqual(messagesOf(world.text("a.log")), ["one"]);
  log.info("two");
  log.warn("three");
  assert.deepEqual(messagesOf(world.text("a.log")), ["one", "two", "three"]);
  assert.equal(world.files.writeCount, 2);
});

Deno.test("FileSink writes within a second by the records' own time when nothing else runs", async () => {
  const world = new LogFixture();
  await using log = await world.open({ file: "a.log" });
  log.info("one");
  world.clock.stepWall(1_000_000);
  log.info("two");
  assert.deepEqual(messagesOf(world.text("a.log")), ["one", "two"]);
  log.info("three");
  world.clock.stepWall(-3_000_000);
  log.info("four");
  assert.deepEqual(messagesOf(world.text("a.log")), ["one", "two", "three", "four"]);
});

Deno.test("FileSink leaves no timer and no open file behind", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log" });
  log.info("one");
  await log[Symbol.asyncDispose]();
  await log[Symbol.asyncDispose]();
  assert.equal(world.clock.pendingTimers, 0);
  assert.equal(world.files.openPaths.size, 0);
  log.info("after the end");
  assert.deepEqual(messagesOf(world.text("a.log")), ["one"]);
  assert.match(world.stderr, /after the end/);
});

Deno.test("FileSink writes what it has when the process exits", async () => {
  const world = new LogFixture();
  await using log = await world.open({ file: "a.log" });
  log.info("one");
  world.files.exit();
  assert.deepEqual(messagesOf(world.text("a.log")), ["one"]);
});

Deno.test("FileSink begins a new file with the first record of a new day", async () => {
  const world = new LogFixture(new Date(2026, 1, 28, 23, 59, 59, 500).getTime());
  const log = await world.open({ file: "logs/{service}-{id}-{date}.log" });
  log.info("old year");
  await world.clock.advance(499);
  log.info("still");
  await world.clock.advance(1);
  log.info("new");
  await log[Symbol.asyncDispose]();
  const text = (date: string) => world.text(`logs/timer-serve-7-${date}.log`);
  assert.deepEqual(messagesOf(text("2026-02-28")), ["old year", "still"]);
  assert.deepEqual(messagesOf(text("2026-03-01")), ["new"]);
  assert.equal(world.files.openPaths.size, 0);
});

Deno.test("FileSink rotates at 2 MB and keeps five files, with nothing missing in them", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log", stderrLevel: "off" });
  const count = 11_000;
  for (let at = 0; at < count; at++) log.info(`${at} ${"x".repeat(960)}`);
  await log[Symbol.asyncDispose]();
  const paths = ["a.log.4", "a.log.3", "a.log.2", "a.log.1", "a.log"];
  assert.deepEqual([...world.files.texts.keys()].sort(), paths.sort());
  for (const path of paths) assert(world.text(path).length <= 2_000_000, path);
  const numbers = paths.sort().reverse().flatMap((path) => messagesOf(world.text(path)))
    .map((message) => parseInt(message));
  const first = numbers[0] ?? NaN;
  assert.deepEqual(numbers, Array.from({ length: count - first }, (_, at) => first + at));
  assert(first < count - 8_000);
});

Deno.test("openLog() throws one line when the file cannot be opened", async () => {
  const world = new LogFixture();
  world.files.trouble = "Permission denied";
  await assert.rejects(world.open({ file: "logs/a.log" }), {
    name: "Error",
    message: "Cannot open log file logs/a.log: Permission denied",
  });
});

Deno.test("FileSink warns once about a full disk, tries once a second, and loses nothing small", async () => {
  const world = new LogFixture();
  await using log = await world.open({ file: "a.log" });
  world.files.trouble = "No space left on device";
  for (let at = 0; at < 50; at++) {
    log.warn(`${at}`);
    await world.clock.advance(100);
  }
  assert.equal(world.stderr.match(/Cannot write/g)?.length, 1);
  assert.match(
    world.stderr,
    /^tram: warning: Cannot write log file a.log: No space left on device; going on without it$/m,
  );
  assert(world.files.writeCount <= 6, `${world.files.writeCount} times`);
  world.files.trouble = undefined;
  await world.clock.advance(1000);
  assert.deepEqual(messagesOf(world.text("a.log")), Array.from({ length: 50 }, (_, at) => `${at}`));
});

Deno.test("FileSink says how many records were lost once the disk has room again", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log", stderrLevel: "off" });
  world.files.trouble = "No space left on device";
  const count = 5000;
  for (let at = 0; at < count; at++) log.info(`${at}`);
  world.files.trouble = undefined;
  await world.clock.advance(1000);
  log.info("healed");
  await log[Symbol.asyncDispose]();
  const messages = messagesOf(world.text("a.log"));
  assert.equal(messages.pop(), "healed");
  const lost = Number(
    /^([\d,]+) log records were lost/.exec(messages.pop() ?? "")?.[1]
      ?.replace(",", ""),
  );
  assert(lost > 0);
  assert.equal(messages.length + lost, count);
  assert.deepEqual(messages, messages.map((_, at) => `${at}`));
});

Deno.test("FileSink says at the end what it could not write", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log", stderrLevel: "off" });
  world.files.trouble = "No space left on device";
  log.info("one");
  log.info("two");
  await log[Symbol.asyncDispose]();
  assert.match(world.stderr, /^tram: warning: 2 log records were lost: cannot write a.log\n$/m);
  assert.equal(world.clock.pendingTimers, 0);
});

Deno.test("FileSink writes each record once, in order, or counts it, whatever the disk does", async () => {
  const step = fc.record({
    count: fc.nat(300),
    afterMs: fc.nat(1500),
    isFull: fc.boolean(),
    isWarning: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const world = new LogFixture();
      const log = await world.open({ file: "a.log", stderrLevel: "off" });
      let count = 0;
      for (const { count: more, afterMs, isFull, isWarning } of steps) {
        world.files.trouble = isFull ? "No space left on device" : undefined;
        for (let at = 0; at < more; at++) {
          log.log(isWarning ? "warn" : "info", `${count++} ${"x".repeat(500)}`);
        }
        await world.clock.advance(afterMs);
      }
      world.files.trouble = undefined;
      await log[Symbol.asyncDispose]();
      const messages = messagesOf(world.text("a.log.1") + world.text("a.log"));
      let next = 0;
      for (const message of messages) {
        const lost = /^([\d,]+) log records? w/.exec(message)?.[1];
        if (lost !== undefined) next += Number(lost.replace(",", ""));
        else assert.equal(parseInt(message), next++);
      }
      assert.equal(next, count);
    }),
    { numRuns: 50 },
  );
});
