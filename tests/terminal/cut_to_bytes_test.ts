import assert from "node:assert/strict";
import fc from "fast-check";
import { cutToBytes } from "../../lib/terminal/cut_to_bytes.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

Deno.test("cutToBytes() gives the longest beginning that fits, whole code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat({ max: 40 }), (text, maxBytes) => {
      const letters = [...text];
      let longest = "";
      for (let count = 0; count <= letters.length; count++) {
        const beginning = letters.slice(0, count).join("");
        if (bytesOf(beginning) <= maxBytes) longest = beginning;
      }
      assert.equal(cutToBytes(text, maxBytes), longest);
    }),
  );
});

Deno.test("cutToBytes() counts half a pair as what it becomes", () => {
  assert.equal(cutToBytes("\ud800ab", 4), "\ud800a");
});
