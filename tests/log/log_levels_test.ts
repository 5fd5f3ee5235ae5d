import assert from "node:assert/strict";
import { parseLogLevels, thresholdOf } from "../../lib/log/log_levels.ts";

Deno.test("parseLogLevels() takes one level for everything", () => {
  for (const level of ["debug", "info", "warn", "error", "off"] as const) {
    assert.deepEqual(parseLogLevels(level), { base: level, byCategory: new Map() });
  }
});

Deno.test("thresholdOf() takes the nearest name above a category", () => {
  const levels = parseLogLevels("warn, transport=debug,timer=error,timer.serve=off");
  assert.equal(thresholdOf(levels, "chat"), "warn");
  assert.equal(thresholdOf(levels, "transport"), "debug");
  assert.equal(thresholdOf(levels, "transport.lanes"), "debug");
  assert.equal(thresholdOf(levels, "transports"), "warn");
  assert.equal(thresholdOf(levels, "timer.ping"), "error");
  assert.equal(thresholdOf(levels, "timer.serve.x"), "off");
});

Deno.test("parseLogLevels() logs the rest from info on when only categories are named", () => {
  assert.equal(thresholdOf(parseLogLevels("timer=debug"), "chat"), "info");
});

const WRONG = {
  "loud": 'wanted debug, info, warn, error or off, got "loud"',
  "": 'wanted debug, info, warn, error or off, got ""',
  "info,": 'wanted debug, info, warn, error or off, got ""',
  "timer=": 'wanted debug, info, warn, error or off, got ""',
  "toString": 'wanted debug, info, warn, error or off, got "toString"',
  "=debug": 'wanted a category such as timer before "=", got ""',
  "Timer=debug": 'wanted a category such as timer before "=", got "Timer"',
  "info,warn": 'wanted one level for everything, got "info" and "warn"',
  "timer=info,timer=warn": 'wanted one level for "timer", got two',
};

for (const [text, message] of Object.entries(WRONG)) {
  Deno.test(`parseLogLevels() says what would be right instead of "${text}"`, () => {
    assert.throws(() => parseLogLevels(text), { name: "SyntaxError", message });
  });
}
