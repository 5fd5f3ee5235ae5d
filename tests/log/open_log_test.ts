import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { LogFixture } from "./log_fixture.ts";

Deno.test("openLog() writes to standard error as tools do", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  log.debug("not this");
  log.info("ada joined");
  log.warn("it rains");
  log.error("it pours");
  assert.equal(
    world.stderr,
    "tram: ada joined\ntram: warning: it rains\ntram: error: it pours\n",
  );
});

Deno.test("openLog() tells time and category of a category that is debugged", async () => {
  const world = new LogFixture(Date.UTC(2026, 2, 1, 12));
  await using log = await world.open({ levels: "info,transport=debug" });
  log.child("transport").debug("frame of 5 bytes");
  log.child("transport").warn("late");
  log.child(".serve").info("ready");
  assert.equal(
    world.stderr,
    "tram: 2026-03-01T12:00:00.000Z debug transport: frame of 5 bytes\n" +
      "tram: 2026-03-01T12:00:00.000Z warn transport: late\n" +
      "tram: ready\n",
  );
});

Deno.test("log() makes no message whose level is off", async () => {
  const world = new LogFixture();
  await using log = await world.open({ levels: "warn,chat=off" });
  const fail = () => assert.fail("the message was made");
  log.info(fail);
  log.logLimited("info", "refused full", fail);
  log.child("chat").error(fail);
  assert.deepEqual([log.isOn("info"), log.isOn("warn")], [false, true]);
  assert.equal(world.stderr, "");
});

Deno.test("log() does not throw when the message cannot be made", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  log.info(() => {
    throw new Error("gone");
  });
  assert.match(world.stderr, /^tram: a message that could not be made: Error: gone\n$/);
});

Deno.test("log() goes on when a sink throws, and gives LogTape's records to the others", async () => {
  const world = new LogFixture();
  const records: LogRecord[] = [];
  const fail = () => {
    throw new Error("no sink");
  };
  await using log = await world.open({ sinks: [fail, (record) => records.push(record)] });
  log.child(".serve").warn("it rains", { token: "abc", drops: 3 });
  const [record] = records;
  assert.deepEqual(record?.category, ["timer", "serve"]);
  assert.equal(record?.level, "warning");
  assert.deepEqual({ ...record?.properties }, { token: "[redacted]", drops: 3 });
});

Deno.test("openLog() writes JSON lines to both places, with secrets redacted", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log", format: "json" });
  log.info("hello \u001b[31m", { cookie: "abc", peer: { proof: "abc" } });
  await log[Symbol.asyncDispose]();
  assert.equal(world.stderr, world.text("a.log"));
  assert(!world.stderr.includes("abc") && !world.stderr.includes("\u001b"));
  const { message, properties } = JSON.parse(world.stderr);
  assert.equal(message, "hello \u001b[31m");
  assert.deepEqual(properties, { cookie: "[redacted]", peer: { proof: "[redacted]" } });
});

Deno.test("openLog() keeps standard error quiet where stderrLevel says so", async () => {
  const world = new LogFixture();
  const log = await world.open({ file: "a.log", stderrLevel: "warn" });
  log.info("ada joined");
  log.warn("it rains");
  await log[Symbol.asyncDispose]();
  assert.equal(world.stderr, "tram: warning: it rains\n");
  assert.match(world.text("a.log"), / info timer: ada joined\n.* warn timer: it rains\n/);
});

Deno.test("logLimited() says how many it held back, once it lets through again", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  for (let at = 0; at < 1254; at++) log.logLimited("info", "refused bad-token", `refused ${at}`);
  assert.equal(world.stderr.split("\n").length, 21);
  world.stderr = "";
  await world.clock.advance(10_000);
  log.logLimited("info", "refused bad-token", "refused again");
  assert.equal(
    world.stderr,
    "tram: 1,234 more like this in the last 10 s (refused bad-token)\ntram: refused again\n",
  );
});

Deno.test("logLimited() says how many it held back with the next record of any kind", async () => {
  const world = new LogFixture();
  await using log = await world.open();
  for (let at = 0; at < 22; at++) log.logLimited("warn", "refused full", "refused");
  await world.clock.advance(4000);
  world.stderr = "";
  log.info("ada joined");
  assert.equal(
    world.stderr,
    "tram: warning: 2 more like this in the last 4 s (refused full)\ntram: ada joined\n",
  );
});

for (const end of ["dispose", "flush", "exit"] as const) {
  Deno.test(`logLimited() says how many it held back at ${end}`, async () => {
    const world = new LogFixture();
    await using log = await world.open({ file: "a.log" });
    for (let at = 0; at < 25; at++) log.logLimited("info", "refused full", "refused");
    if (end === "dispose") await log[Symbol.asyncDispose]();
    else if (end === "flush") log.flush();
    else world.files.exit();
    assert.match(
      world.stderr,
      /refused\ntram: 5 more like this in the last 1 s \(refused full\)\n$/,
    );
    assert.match(
      world.text("a.log"),
      / timer: 5 more like this in the last 1 s \(refused full\)\n$/,
    );
  });
}

Deno.test("lastWord() goes to files and sinks, and not to standard error, where it stands already", async () => {
  const world = new LogFixture();
  const records: LogRecord[] = [];
  const options = { sinks: [(record: LogRecord) => records.push(record)] };
  await using log = await world.open(options);
  log.lastWord("Cannot go on");
  assert.deepEqual(records.map(({ level, message }) => [level, ...message]), [
    ["error", "Cannot go on"],
  ]);
  assert.equal(world.stderr, "");
  await using off = await world.open({ ...options, levels: "off" });
  off.lastWord("nobody wants it");
  assert.equal(records.length, 1);
});
