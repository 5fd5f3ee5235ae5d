import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { RunContext } from "../../../../lib/context.ts";
import type { ExitCode } from "../../../../lib/config/exit_code.ts";
import type { JobFlags } from "../../../../lib/mapreduce/jobs/describe_job.ts";
import { mapStep } from "../../../../lib/mapreduce/map_step.ts";
import { reduceStep } from "../../../../lib/mapreduce/reduce_step.ts";
import { FakeRoom } from "../../../fake_context.ts";
import { FakeSandboxes } from "../fake_sandbox.ts";

// Loaded on demand, which takes real time, and a fake clock waits for none.
await Promise.all([
  import("../../../../lib/mapreduce/jobs/user/prepare_user_job.ts"),
  import("../../../../lib/mapreduce/jobs/user/open_user_job.ts"),
]);

const encoder = new TextEncoder();
type Step = (context: RunContext, flags: JobFlags) => Promise<ExitCode>;

/** Runs a step in a room. */
async function run(
  step: Step,
  flags: JobFlags,
  input: readonly Uint8Array[],
  room = new FakeRoom(),
) {
  room.bytePipe.input = input;
  const process = room.run([], {}, undefined, async (_, context) => {
    // Neither log nor screen is used by a step.
    context.process.exitCode = await step(context as RunContext, flags);
  });
  const code = await room.clock.runUntil(process.exitCode);
  return { code, stdout: room.bytePipe.text, stderr: process.stderr.text };
}

const bytes = (text: string) => [encoder.encode(text)];

/** A WARC file with these records. */
function warc(...records: readonly (readonly [string, string])[]): Uint8Array {
  return encoder.encode(
    records.map(([type, body]) =>
      `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Target-URI: http://a.b/\r\nContent-Length: ${
        encoder.encode(body).length
      }\r\n\r\n${body}\r\n\r\n`
    ).join(""),
  );
}

Deno.test("mapStep() counts words of text, WARC and gzip of either alike", async () => {
  const file = warc(["warcinfo", "x y"], ["conversion", "a b a"]);
  for (const input of [encoder.encode("a b\na"), file, gzipSync(file), gzipSync("a b a")]) {
    const { code, stdout } = await run(mapStep, { job: "wordcount" }, [input]);
    assert.deepEqual([code, stdout], [0, "a\t2\nb\t1\n"]);
  }
});

Deno.test("mapStep() gives the same however its input is cut", async () => {
  const whole = warc(["conversion", "a b\nc"], ["response", "no"], ["conversion", "ä\n\nb"]);
  const flags = { job: "sort" };
  const want = (await run(mapStep, flags, [whole])).stdout;
  assert.equal(want, "a b\t\nc\t\nä\t\n\t\nb\t\n");
  for (let at = 1; at < whole.length; at += 7) {
    const parts = [whole.subarray(0, at), whole.subarray(at)];
    assert.equal((await run(mapStep, flags, parts)).stdout, want);
  }
  const single = Array.from(whole, (byte) => new Uint8Array([byte]));
  assert.equal((await run(mapStep, flags, single)).stdout, want);
});

Deno.test("mapStep() reads more than it reads ahead", async () => {
  const input = encoder.encode("0123456 ".repeat(200_000));
  const parts = [input.subarray(0, 1_000_001), input.subarray(1_000_001)];
  const { stdout } = await run(mapStep, { job: "wordcount" }, parts);
  assert.equal(stdout, "0123456\t200000\n");
});

Deno.test("mapStep() names what is wrong with its input, and ends with 3", async () => {
  const cut = warc(["conversion", "a b"]).subarray(0, -6);
  const { code, stderr } = await run(mapStep, { job: "wordcount" }, [cut]);
  assert.match(stderr, /^tram: standard input at byte 0: .*\n/);
  assert.match(stderr, /^reporter:counter:tram,problems of input,1$/m);
  assert.equal(code, 3);
});

Deno.test("mapStep() says what it skipped, in Hadoop's way too", async () => {
  const file = warc(["response", "x"], ["conversion", "a"], ["response", "y"]);
  const { stderr } = await run(mapStep, { job: "languages" }, [file]);
  assert.equal(
    stderr,
    "reporter:counter:tram,records,1\nreporter:counter:tram,skipped WARC records,2\n" +
      "reporter:counter:tram,lines written,1\n",
  );
});

Deno.test("mapStep() runs a user's job, and says what it left out", async () => {
  const room = new FakeRoom();
  room.texts.set("./job.ts", "export default {} as unknown;");
  room.spawner = new FakeSandboxes({
    map({ text }: { text: string }, emit: (key: string, value: string) => void) {
      if (text === "b") throw new Error("\x1b[31mno");
      emit(text, "1");
    },
  });
  const flags = { job: "./job.ts", onError: "skip" } as const;
  const { code, stdout, stderr } = await run(mapStep, flags, bytes("a\nb\nc\n"), room);
  assert.equal(stdout, "a\t1\nc\t1\n");
  assert.match(stderr, /^tram: left out: standard input at byte 2: Error: \\x1b\[31mno/m);
  assert.match(stderr, /^reporter:counter:tram,skipped records,1$/m);
  assert.equal(code, 3);
});

Deno.test("mapStep() shows the line where a job is wrong, and ends with 2", async () => {
  const room = new FakeRoom();
  room.texts.set("./job.ts", "\nlet a: = 1;\n");
  const { code, stderr } = await run(mapStep, { job: "./job.ts" }, [], room);
  assert.match(stderr, /^tram: \.\/job\.ts:2:8: Unexpected.*\n {2}let a: = 1;\n {9}\^\n$/);
  assert.equal(code, 2);
});

for (const [name, step] of Object.entries({ mapStep, reduceStep })) {
  Deno.test(`${name}() ends without a word when nobody reads its output`, async () => {
    const room = new FakeRoom();
    room.bytePipe.isBroken = true;
    const { code, stderr } = await run(step, { job: "sort" }, bytes("a\n"), room);
    assert.deepEqual([code, stderr], [130, ""]);
  });
}

Deno.test("mapStep() and reduceStep() give what a run gives, when sorted in between", async () => {
  const line = fc.string({
    unit: fc.constantFrom("a", "b", " ", "\\", "\t", "é", "t"),
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      const mapped = await run(mapStep, { job: "wordcount" }, bytes(lines.join("\n")));
      const sorted = mapped.stdout.split("\n").filter(Boolean).map((one) =>
        encoder.encode(`${one}\n`)
      )
        .sort((a, b) => compare(a, b));
      const { stdout } = await run(reduceStep, { job: "wordcount" }, sorted);
      const counts = new Map<string, number>();
      for (const word of lines.join("\n").split(/[ \t\n]+/)) {
        if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      const want = [...counts].sort(([a], [b]) => compare(encoder.encode(a), encoder.encode(b)))
        .map(([word, n]) => `${word.replaceAll("\\", "\\\\")}\t${n}\n`).join("");
      assert.equal(stdout, want);
    }),
    { numRuns: 40 },
  );
});

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    if (a[at] !== b[at]) return a[at]! - b[at]!;
  }
  return a.length - b.length;
}

Deno.test("reduceStep() adds up, whatever the lines are cut into", async () => {
  const input = encoder.encode("a\t1\na\t2\nb\\tc\t10\nlast\t7");
  for (let at = 0; at <= input.length; at++) {
    const parts = [input.slice(0, at), input.slice(at)];
    const { stdout, code } = await run(reduceStep, { job: "wordcount" }, parts);
    assert.deepEqual([code, stdout], [0, "a\t3\nb\\tc\t10\nlast\t7\n"]);
  }
});

Deno.test("reduceStep() refuses a value that is no count", async () => {
  await assert.rejects(run(reduceStep, { job: "wordcount" }, bytes("a\tx\n")), {
    message: /The value "x" is no count/,
  });
});

Deno.test("reduceStep() refuses lines that are not sorted", async () => {
  await assert.rejects(run(reduceStep, { job: "sort" }, bytes("b\t\na\t\n")), {
    message: 'Cannot reduce: line 2 is not sorted; "LC_ALL=C sort" in front of it is right',
  });
});

Deno.test("reduceStep() takes lines sorted by line, and lines sorted by key", async () => {
  for (const lines of ["a\x01\t\na\t\n", "a\t\na\x01\t\n"]) {
    assert.equal((await run(reduceStep, { job: "sort" }, bytes(lines))).stdout, lines);
  }
});
