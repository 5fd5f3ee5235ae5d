import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean, nearest } from "../../lib/config/did_you_mean.ts";

const NAMES = ["port", "host", "count", "max-clients"];

for (
  const [given, meant] of [
    ["prot", "port"],
    ["PORT", "port"],
    ["por", "port"],
    ["ports", "port"],
    ["maxclient", "max-clients"],
    ["xyz", undefined],
    ["", undefined],
    ["p".repeat(1000), undefined],
  ] as const
) {
  Deno.test(`nearest() of "${given.slice(0, 20)}" is ${meant}`, () => {
    assert.equal(nearest(given, NAMES), meant);
  });
}

Deno.test("nearest() finds a name again after one letter was dropped, doubled or swapped", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 5, maxLength: 20, unit: fc.constantFrom(..."abcdefg-") }),
      fc.nat(),
      fc.constantFrom("drop", "double", "swap"),
      (name, seed, how) => {
        const at = seed % (name.length - 1);
        const spoilt = {
          drop: name.slice(0, at) + name.slice(at + 1),
          double: name.slice(0, at + 1) + name.slice(at),
          swap: name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2),
        }[how];
        assert.equal(nearest(spoilt, [name, "something else entirely"]), name);
      },
    ),
  );
});

Deno.test("didYouMean() says nothing when no name is near", () => {
  assert.equal(didYouMean("xyz", NAMES), "");
  assert.equal(didYouMean("hots", NAMES), '; did you mean "host"?');
  assert.equal(didYouMean("hots", NAMES, (name) => `[${name}]`), "; did you mean [host]?");
});
