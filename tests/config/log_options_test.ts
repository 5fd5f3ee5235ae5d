import assert from "node:assert/strict";
import { logOptions } from "../../lib/config/log_options.ts";

Deno.test("logOptions have defaults that their own parsers take", () => {
  const { logLevel, logFormat } = logOptions;
  assert.equal(logLevel.parse(logLevel.default).base, "info");
  assert.equal(logFormat.parse(logFormat.default), "text");
});

Deno.test("logOptions.logFormat parses each of its choices to itself", () => {
  const { choices, parse } = logOptions.logFormat;
  assert.deepEqual(choices.map(parse), [...choices]);
});
