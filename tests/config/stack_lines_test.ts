import assert from "node:assert/strict";
import { stackLines } from "../../lib/config/stack_lines.ts";
import { FakeRoom } from "../fake_context.ts";
import { StoreError } from "../../lib/store/store_error.ts";

Deno.test("stackLines() shows a chain of causes, also one that ends in itself", () => {
  const inner = new Error("inner");
  const lines = stackLines(new TypeError("outer", { cause: inner }));
  assert.equal(lines[0], "TypeError: outer");
  assert.match(lines[1] ?? "", /^ +at .*stack_lines_test\.ts/);
  assert(lines.includes("caused by Error: inner"));
  assert.deepEqual(stackLines("thrown"), ["thrown"]);
  inner.cause = inner;
  assert(stackLines(inner).length < 200);
});

/** A server whose store cannot be opened. */
async function serveBroken(...flags: string[]): Promise<string> {
  const room = new FakeRoom();
  room.storeFailures.set("broken", new StoreError("other", "Cannot open broken: a bug"));
  const args = ["collect", "serve", "--insecure", "--store", "broken"];
  const { stderr, exitCode } = room.run([...args, ...flags]);
  assert.equal(await room.clock.runUntil(exitCode), 1);
  return stderr.text;
}

for (const json of [[], ["--json"]]) {
  Deno.test(`tram shows where an error was thrown with --log-level debug ${json}`, async () => {
    const lines = (await serveBroken("--log-level", "debug", ...json)).trimEnd().split("\n");
    assert.equal(lines.at(-1), "tram: Cannot open broken: a bug");
    const stack = lines.slice(0, -1).join("\n");
    assert.match(stack, /^tram: \S+ error collect: StoreError: Cannot open broken: a bug$/m);
    assert.match(stack, /^tram: \S+ error collect: +at .*stack_lines_test\.ts:\d+/m);
  });
}

Deno.test("tram shows one line of an error without --log-level debug", async () => {
  assert.equal(await serveBroken(), "tram: Cannot open broken: a bug\n");
});

Deno.test("tram shows one line of a wrong command line, whatever the level", async () => {
  const room = new FakeRoom();
  const args = ["timer", "ping", "--hdr", "wrong.txt", "--log-level", "debug"];
  const { stderr, exitCode } = room.run(args);
  assert.equal(await exitCode, 2);
  assert.match(stderr.text, /^tram: Cannot write wrong\.txt: [^\n]+\n$/);
});

Deno.test("tram writes why it ended to the log file, too", async () => {
  const room = new FakeRoom();
  room.storeFailures.set("broken", new StoreError("other", "Cannot open broken: a bug"));
  const args = ["collect", "serve", "--insecure", "--store", "broken", "--log-file", "tram.log"];
  const { exitCode } = room.run(args);
  assert.equal(await room.clock.runUntil(exitCode), 1);
  assert.match(
    room.logFiles.texts.get("tram.log") ?? "",
    / error collect: Cannot open broken: a bug\n$/,
  );
});
