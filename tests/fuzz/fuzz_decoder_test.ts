import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { encodeGoodbye } from "../../lib/transport/handshake_messages.ts";
import { formatCase, makeCase, runCase } from "./fuzz_core.ts";

for (const firstSeed of [1, 1_000_000, 4_000_000_000]) {
  Deno.test(`runCase() finds no fault in 300 bad streams from seed ${firstSeed} on`, () => {
    for (let seed = firstSeed; seed < firstSeed + 300; seed++) {
      const fuzzCase = makeCase(seed);
      try {
        runCase(fuzzCase);
      } catch (cause) {
        throw new Error(`seed ${seed}: ${cause}\n${formatCase(fuzzCase)}`, { cause });
      }
    }
  });
}

Deno.test("makeCase() gives the same case for the same seed", () => {
  for (const seed of [0, 1, 2 ** 32 - 1]) assert.deepEqual(makeCase(seed), makeCase(seed));
  assert.notDeepEqual(makeCase(1), makeCase(2));
});

Deno.test("runCase() meets every end that a stream can have, and good messages too", () => {
  const ends = new Set<string | undefined>();
  let messages = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const result = runCase(makeCase(seed));
    ends.add(result.errorCode);
    messages += result.messages;
  }
  assert.deepEqual(
    [...ends].map(String).sort(),
    ["frame-empty", "frame-too-large", "overloaded", "undefined"],
  );
  assert.ok(messages > 300, `${messages} messages`);
});

Deno.test("formatCase() dumps every byte of the stream in hex", () => {
  const stream = encodeFrame(0x20, new TextEncoder().encode("hello, fuzzy world"));
  assert.equal(
    formatCase({ stream, reads: [1, 7], maxFrameBytes: 4096, limitBytes: 0 }),
    [
      "maxFrameBytes 4096, limitBytes 0",
      "reads 1 7, over and over",
      "stream of 23 bytes:",
      "000000  00 00 00 13 20 68 65 6c 6c 6f 2c 20 66 75 7a 7a  .... hello, fuzz",
      "000010  79 20 77 6f 72 6c 64                             y world",
    ].join("\n"),
  );
});

Deno.test("runCase() counts frames and good messages of a good stream", () => {
  const stream = encodeGoodbye({ code: "done", message: "" });
  assert.deepEqual(runCase({ stream, reads: [3], maxFrameBytes: 4096, limitBytes: 0 }), {
    frames: 1,
    messages: 1,
    errorCode: undefined,
  });
});
