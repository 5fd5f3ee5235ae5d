/** Commands as data, run by the command line library. */
import assert from "node:assert/strict";
import { run } from "@stricli/core";
import { subcommand } from "../../lib/config/subcommand.ts";
import type { TramContext } from "../../lib/context.ts";
import { FakeRoom } from "../fake_context.ts";
import { calls, tinyCommand, tinyProgram } from "./tiny_program.ts";
import "smol-toml"; // is there before a file is read

/** Runs the small program and says what its body got. */
async function tinyRun(
  line: string,
  { env = {}, files = {} }: {
    env?: Record<string, string>;
    files?: Record<string, string>;
  } = {},
) {
  const room = new FakeRoom();
  for (const [path, text] of Object.entries(files)) room.texts.set(path, text);
  calls.length = 0;
  const start = (args: readonly string[], context: TramContext) =>
    run(tinyProgram.application, args, context);
  const { stdout, stderr, exitCode } = room.run(line.split(" "), env, undefined, start);
  const code = await exitCode;
  return { call: calls[0], code, stdout: stdout.text, stderr: stderr.text };
}

Deno.test("command() gives its body typed values of flags, environment, file and defaults", async () => {
  const { call, stderr } = await tinyRun("tiny run --of service --max-count 3 in.txt 7 8", {
    env: { TRAM_TINY_SIZE: "2kB", TRAM_JSON: "on" },
    files: { "./tram.toml": 'log = "x.log"\n[tiny]\nsize = 5\n' },
  });
  assert.equal(stderr, "");
  assert.deepEqual(call, {
    size: 2000,
    maxCount: 3,
    of: "service",
    json: true,
    from: "in.txt",
    rest: [7, 8],
    log: "x.log",
    pin: undefined,
  });
});

Deno.test("command() gives undefined, false and the default to what nobody gave", async () => {
  const { call } = await tinyRun("tiny run in.txt");
  assert.deepEqual(call, {
    size: 1024,
    maxCount: undefined,
    of: undefined,
    json: false,
    from: "in.txt",
    rest: [],
    log: undefined,
    pin: undefined,
  });
});

Deno.test("command() lets --no-json beat a variable, and an alias stand for its flag", async () => {
  const { call } = await tinyRun("tiny run --no-json -m 9 a", { env: { TRAM_TINY_JSON: "1" } });
  assert.deepEqual([(call as { json: boolean }).json, (call as { maxCount: number }).maxCount], [
    false,
    9,
  ]);
});

for (
  const [line, says] of [
    ["tiny run --of latency a", /wanted response or service, got "latency"/],
    ["tiny run a b", /Failed to parse "b" for N: wanted a whole number/],
    ["tiny run", /Cannot run tram tiny run without FROM: A file/],
    ["tiny run --max-count 3 --upper_limit 4 a", /both --max-count and --upper_limit, which/],
    ["tiny run --constructor 1 a", /No flag registered for --constructor/],
    ["tiny other", /Cannot run tram tiny other without --target: give it, or set TRAM_TINY_TARGET/],
  ] as const
) {
  Deno.test(`command() refuses "tram ${line}"`, async () => {
    const { call, stderr, code } = await tinyRun(line);
    assert.match(stderr, says);
    assert.match(stderr, /^[^\n]+\n$/);
    assert(code === 2 || code < 0, `ended with ${code}`);
    assert.equal(call, undefined);
  });
}

Deno.test("command() takes two names of one option with the same value", async () => {
  const { call, stderr } = await tinyRun("tiny run --max-count 3 --upper_limit 3 a");
  assert.equal(stderr, "");
  assert.equal((call as { maxCount: number }).maxCount, 3);
});

Deno.test("command() takes a required value from the environment", async () => {
  assert.deepEqual((await tinyRun("tiny other", { env: { TRAM_TINY_TARGET: "a" } })).call, {
    target: "A",
  });
});

Deno.test("command() never shows a secret value", async () => {
  for (const flags of ["--show-config a", "--show-config --json a"]) {
    const { stdout, call } = await tinyRun(`tiny run --pin 4711 ${flags}`);
    assert(!stdout.includes("4711"), stdout);
    assert.match(stdout, /flag/);
    assert.equal(call, undefined, "the body ran");
  }
  for (
    const [line, sources] of [
      ["tiny run --show-config a", { env: { TRAM_TINY_PIN: "s3cret" } }],
      ["tiny run a", { files: { "./tram.toml": '[tiny]\npin = "s3cret"' } }],
    ] as const
  ) {
    const { stderr, code } = await tinyRun(line, sources);
    assert.equal(code, 2);
    assert.match(stderr, /its value is wrong; it is secret, so it is not shown\n$/);
    assert(!stderr.includes("s3cret"));
  }
});

Deno.test("command() does not show all of a long value", async () => {
  const files = { "./tram.toml": `[tiny]\nsize = "${"9".repeat(1e6)}"` };
  const { stderr, code } = await tinyRun("tiny run a", { files });
  assert.equal(code, 2);
  assert.match(stderr, /^tram: Cannot use \.\/tram\.toml: \[tiny\] size: wanted a size such as /);
  assert(stderr.length < 10_000, `${stderr.length} characters`);
});

Deno.test("subcommand() refuses a command of another name", () => {
  const wrong = { name: "other", brief: "", examples: [], commands: [tinyCommand] };
  assert.throws(() => subcommand(wrong), { name: "TypeError", message: /tiny run into other/ });
});
