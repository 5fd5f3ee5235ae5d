import assert from "node:assert/strict";
import { exitCodeOf, type Finding, judge } from "./judge.ts";
import { type MadeOptions, madeWindows } from "./made_windows.ts";

function notMet(options: MadeOptions): string[] {
  return judge(madeWindows(options)).filter(({ isMet }) => isMet === false).map(({ what }) => what);
}

Deno.test("judge() finds nothing in noise, whatever the seed", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const findings = judge(madeWindows({ seed }));
    assert.deepEqual(findings.filter(({ isMet }) => isMet !== true), [], `seed ${seed}`);
    assert.equal(exitCodeOf(findings), 0);
  }
});

Deno.test("judge() finds a leak of 1 MB a minute, whatever the noise", () => {
  for (let seed = 1; seed <= 40; seed++) {
    assert.deepEqual(notMet({ seed, leakPerMinute: 1 }), ["memory of chat"], `seed ${seed}`);
  }
});

Deno.test("judge() finds a leak of 0.3 MB a minute in what is alive", () => {
  for (let seed = 1; seed <= 40; seed++) {
    assert.deepEqual(notMet({ seed, heapLeakPerMinute: 0.3 }), ["heap of chat"], `seed ${seed}`);
  }
});

Deno.test("judge() takes no single step of memory for a leak", () => {
  for (let stepAt = 0; stepAt < 180; stepAt += 4) assert.deepEqual(notMet({ stepAt }), []);
});

Deno.test("judge() does not call a leak of 0.1 MB a minute one", () => {
  for (let seed = 1; seed <= 20; seed++) assert.deepEqual(notMet({ seed, leakPerMinute: 0.1 }), []);
});

Deno.test("judge() takes no short soak with a leak of 1 MB a minute for flat", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const [memory] = judge(madeWindows({ seed, windows: 60, leakPerMinute: 1 }));
    assert.notEqual(memory?.isMet, true, `seed ${seed}: ${memory?.text}`);
  }
});

Deno.test("judge() finds a handle that leaks every five minutes", () => {
  assert.deepEqual(notMet({ handlesPerMinute: 0.2 }), ["handles of chat"]);
});

Deno.test("judge() finds a handle that is missing at the end", () => {
  assert.deepEqual(notMet({ handlesPerMinute: -0.2 }), ["handles of chat"]);
});

Deno.test("judge() finds threads that become more", () => {
  assert.deepEqual(notMet({ threadsPerMinute: 0.3 }), ["threads of chat"]);
});

Deno.test("judge() finds that answers take longer and longer", () => {
  assert.deepEqual(notMet({ slowdown: 4 }), ["latency of chat"]);
});

Deno.test("judge() finds a write-ahead log that nobody empties", () => {
  const windows = madeWindows().map((window) => ({ ...window, files: { "a-wal": 9e7 } }));
  const [found] = judge(windows).filter(({ isMet }) => isMet === false);
  assert.equal(found?.what, "size of a-wal");
});

Deno.test("judge() says of too few windows that it cannot tell", () => {
  const findings = judge(madeWindows({ windows: 4 }));
  const known = findings.filter(({ isMet }) => isMet !== undefined).map(({ what }) => what);
  assert.deepEqual(known, ["size of chat.sqlite-wal"]);
  assert.deepEqual(judge([]), []);
});

Deno.test("exitCodeOf() puts what is not met above what cannot be told", () => {
  const of = (isMet: boolean | undefined): Finding => ({ what: "", isMet, text: "" });
  assert.equal(exitCodeOf([of(true), of(true)]), 0);
  assert.equal(exitCodeOf([of(true), of(undefined)]), 3);
  assert.equal(exitCodeOf([of(undefined), of(false), of(true)]), 1);
});
