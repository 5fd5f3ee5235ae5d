import assert from "node:assert/strict";
import { Emitter } from "../../../../lib/mapreduce/jobs/user/emitter.ts";
import { errorText } from "../../../../lib/mapreduce/jobs/user/error_text.ts";
import { JobModule } from "../../../../lib/mapreduce/jobs/user/job_module.ts";
import { forEachPair, PairBuffer } from "../../../../lib/mapreduce/jobs/user/pairs.ts";
import { PrintedLines } from "../../../../lib/mapreduce/jobs/user/printed_lines.ts";
import { packPayload, unpackPayload } from "../../../../lib/mapreduce/jobs/user/sandbox_frames.ts";
import { ValueFeed } from "../../../../lib/mapreduce/jobs/user/value_feed.ts";

function pairsOf(bytes: Uint8Array): string[] {
  const found: string[] = [];
  const text = (part: Uint8Array) => new TextDecoder().decode(part);
  forEachPair(bytes, (key, value) => void found.push(`${text(key)}=${text(value)}`));
  return found;
}

Deno.test("Emitter.emit() takes texts, bytes and whole numbers", () => {
  const emitter = new Emitter(false);
  emitter.emit("ä", 1);
  emitter.emit(-5, 10n ** 20n);
  emitter.emit(new Uint8Array([65]), "");
  assert.deepEqual(pairsOf(emitter.pairs.bytes), ["ä=1", "-5=100000000000000000000", "A="]);
});

for (const value of [1.5, NaN, null, undefined, {}, [], true, Symbol("s"), () => {}]) {
  Deno.test(`Emitter.emit() refuses ${typeof value} ${String(value)}, and keeps no half of a pair`, () => {
    const emitter = new Emitter(false);
    emitter.emit("a", "b");
    assert.throws(() => emitter.emit("key", value), { message: /^Cannot emit the value/ });
    assert.throws(() => emitter.emit(value, "value"), { message: /^Cannot emit the key/ });
    assert.deepEqual(pairsOf(emitter.pairs.bytes), ["a=b"]);
  });
}

Deno.test("Emitter.emit() takes only counts where they are added up", () => {
  const emitter = new Emitter(true);
  const one = new TextEncoder().encode("1");
  for (const count of [0, 2 ** 53 - 1, 7n, "12", one]) emitter.emit("a", count);
  for (const value of [-1, 2 ** 53, 1.5, "", "1x", "-1", "9".repeat(17), new Uint8Array(40)]) {
    assert.throws(() => emitter.emit("a", value), { message: /"sum" adds whole numbers/ });
  }
  assert.equal(pairsOf(emitter.pairs.bytes).length, 5);
});

Deno.test("PairBuffer grows, and forgets what is behind an earlier size", () => {
  const pairs = new PairBuffer();
  pairs.addText("k");
  pairs.addText("v");
  const { size } = pairs;
  pairs.addBytes(new Uint8Array(100_000));
  pairs.truncate(size);
  assert.deepEqual(pairsOf(pairs.bytes), ["k=v"]);
});

Deno.test("forEachPair() refuses pairs that are cut anywhere", () => {
  const pairs = new PairBuffer();
  pairs.addText("key");
  pairs.addText("value");
  for (let end = 1; end < pairs.size; end++) {
    assert.throws(() => forEachPair(pairs.bytes.slice(0, end), () => {}), RangeError);
  }
});

Deno.test("unpackPayload() refuses a payload that is cut anywhere in its head", () => {
  const payload = packPayload({ a: "b" });
  assert.deepEqual(unpackPayload(payload), { head: { a: "b" }, bytes: new Uint8Array(0) });
  for (let end = 0; end < payload.length; end++) {
    assert.throws(() => unpackPayload(payload.slice(0, end)), RangeError);
  }
});

Deno.test("errorText() gives one line for whatever was thrown", () => {
  const bad = {
    toString() {
      throw new Error("no");
    },
  };
  assert.equal(errorText("a\n b", "job.ts"), "a b");
  assert.equal(errorText(undefined, "job.ts"), "undefined");
  assert.equal(errorText(bad, "job.ts"), "it threw something that cannot be shown");
  const error = new TypeError("x");
  error.stack = "TypeError: x\n    at f (data:text/javascript;base64,AAA......BBB=:12:34)";
  assert.equal(errorText(error, "job.ts"), "TypeError: x (job.ts:12:34)");
  assert(errorText("x".repeat(10_000), "job.ts").length <= 500);
});

Deno.test("PrintedLines keeps the last lines and counts all", () => {
  const lines = new PrintedLines();
  for (let at = 0; at < 10; at++) lines.print(["line", at, { at }, 1n, Symbol("s")]);
  const { printed, printedLines } = lines.take();
  assert.equal(printedLines, 10);
  assert.equal(printed.at(-1), 'line 9 {"at":9} 1 Symbol(s)');
  assert.deepEqual(lines.take(), { printed: [], printedLines: 0 });
});

Deno.test("ValueFeed gives values in order, and says when all are taken", async () => {
  const feed = new ValueFeed<number>();
  const taken: number[] = [];
  const read = (async () => {
    for await (const value of feed) taken.push(value);
  })();
  feed.push([1, 2]);
  await feed.drained();
  assert.deepEqual(taken, [1, 2]);
  feed.push([3]);
  feed.end();
  await read;
  assert.deepEqual(taken, [1, 2, 3]);
  assert.throws(() => feed[Symbol.asyncIterator](), { message: /only once/ });
});

const NO_JOBS = [undefined, 3, {}, { map: 1 }, { map() {}, combine: "max" }, {
  map() {},
  reduce: 1,
}, {
  map() {},
  format: "json",
}];
for (const job of NO_JOBS) {
  Deno.test(`JobModule refuses ${JSON.stringify(job)} as a job`, () => {
    assert.throws(() => new JobModule("job.ts", job), TypeError);
  });
}
