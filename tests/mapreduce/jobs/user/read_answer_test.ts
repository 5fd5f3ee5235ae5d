import assert from "node:assert/strict";
import * as fc from "fast-check";
import { PairBuffer } from "../../../../lib/mapreduce/jobs/user/pairs.ts";
import { readAnswer } from "../../../../lib/mapreduce/jobs/user/read_answer.ts";
import { packPayload, SandboxKind } from "../../../../lib/mapreduce/jobs/user/sandbox_frames.ts";

const DONE = { failures: [], isTooMuch: false, counts: {}, printed: [], printedLines: 0 };

function pairs(...texts: readonly string[]): Uint8Array {
  const buffer = new PairBuffer();
  for (const text of texts) buffer.addText(text);
  return buffer.bytes;
}

Deno.test("readAnswer() gives what a sandbox has answered", () => {
  const read = (kind: number, head: unknown) =>
    readAnswer({ kind, payload: packPayload(head) }, true);
  const head = { combine: "sum", reduce: "function" };
  assert.deepEqual(read(SandboxKind.Ready, head), { kind: "ready", head });
  assert.deepEqual(read(SandboxKind.Died, { message: "a" }), {
    kind: "died",
    head: { message: "a" },
  });
  const done = {
    ...{ failures: [{ at: 1, message: "no" }], isTooMuch: false, counts: { "job:a": -2 } },
    ...{ printed: ["b"], printedLines: 1 },
  };
  const payload = packPayload(done, [pairs("a", "1")]);
  const answer = readAnswer({ kind: SandboxKind.Done, payload }, true);
  assert.deepEqual(answer, { kind: "done", head: done, pairs: pairs("a", "1") });
});

const WRONG: Record<string, [kind: number, head: unknown, pairs?: Uint8Array]> = {
  "an unknown kind": [0x7f, DONE],
  "a request": [SandboxKind.Map, { inputs: [], records: [] }],
  "no object": [SandboxKind.Done, null],
  "failures of no place": [SandboxKind.Done, { ...DONE, failures: [{ at: -1, message: "" }] }],
  "an endless message": [SandboxKind.Died, { message: "a".repeat(2001) }],
  "counters that are no numbers": [SandboxKind.Done, { ...DONE, counts: { "a:b": "1" } }],
  "counters without a group": [SandboxKind.Done, { ...DONE, counts: { a: 1 } }],
  "many counters": [SandboxKind.Done, {
    ...DONE,
    counts: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`a:${i}`, 1])),
  }],
  "a long head": [SandboxKind.Done, { ...DONE, printed: ["a".repeat(5 << 20)] }],
  "pairs that are cut": [SandboxKind.Done, DONE, pairs("a", "1").subarray(0, 7)],
  "a key alone": [SandboxKind.Done, DONE, pairs("a")],
  "values that are no counts": [SandboxKind.Done, DONE, pairs("a", "b")],
  "a way to combine that there is not": [SandboxKind.Ready, { combine: "max", reduce: "none" }],
};
for (const [title, [kind, head, bytes]] of Object.entries(WRONG)) {
  Deno.test(`readAnswer() takes for a death: ${title}`, () => {
    const payload = packPayload(head, bytes === undefined ? [] : [bytes]);
    assert.throws(() => readAnswer({ kind, payload }, true), {
      name: "SandboxDeath",
      isDeath: true,
      message: /^it answered what is no answer: ./,
    });
  });
}

Deno.test("readAnswer() throws nothing but SandboxDeath, whatever comes", () => {
  const kinds = fc.constantFrom<number>(...Object.values(SandboxKind), 0x99);
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => new Uint8Array(bytes)),
    fc.tuple(fc.json(), fc.uint8Array({ maxLength: 20 })).map(([text, bytes]) =>
      packPayload(JSON.parse(text), [bytes])
    ),
  );
  fc.assert(fc.property(kinds, anything, fc.boolean(), (kind, payload, areCounts) => {
    try {
      readAnswer({ kind, payload }, areCounts);
    } catch (error) {
      assert.equal((error as Error).name, "SandboxDeath");
    }
  }));
});
