import assert from "node:assert/strict";
import fc from "fast-check";
import { getJsonLinesFormatter, getTextFormatter } from "@logtape/logtape";
import { detailedLine, jsonLine, shortLine, textLine } from "../../lib/log/format_record.ts";
import { logRecord } from "../../lib/log/log_record.ts";

const WALL_US = Date.UTC(2026, 2, 1, 12, 30, 15, 7) * 1000 + 999;

function recordOf(level: "debug" | "info" | "warn" | "error", message = "it rains") {
  return logRecord(level, "timer.serve", message, { drops: 3 }, WALL_US);
}

Deno.test("shortLine() marks warnings and errors", () => {
  assert.equal(shortLine(recordOf("info")), "tram: it rains\n");
  assert.equal(shortLine(recordOf("warn")), "tram: warning: it rains\n");
  assert.equal(shortLine(recordOf("error")), "tram: error: it rains\n");
});

Deno.test("textLine() begins with time, level and category", () => {
  const line = "2026-03-01T12:30:15.007Z warn timer.serve: it rains\n";
  assert.equal(textLine(recordOf("warn")), line);
  assert.equal(detailedLine(recordOf("warn")), `tram: ${line}`);
});

Deno.test("jsonLine() keeps its names, in their order", () => {
  assert.equal(
    jsonLine(recordOf("warn")),
    '{"time":"2026-03-01T12:30:15.007Z","level":"warn","category":"timer.serve",' +
      '"message":"it rains","properties":{"drops":3}}\n',
  );
});

Deno.test("textLine(), shortLine() and jsonLine() give one safe line for any message", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (message) => {
    const record = logRecord("info", "timer", message, { message }, WALL_US);
    for (const formatter of [textLine, shortLine, jsonLine]) {
      // deno-lint-ignore no-control-regex -- these are what must not get through
      assert.match(formatter(record), /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]*\n$/);
    }
    const { properties } = JSON.parse(jsonLine(record));
    if (message.isWellFormed()) assert.equal(properties.message, message);
  }));
});

Deno.test("logRecord() makes what LogTape's own formatters take", () => {
  const record = recordOf("warn");
  assert.equal(
    getTextFormatter({ timestamp: "rfc3339", category: "." })(record),
    "2026-03-01T12:30:15.007Z [WRN] timer.serve: it rains\n",
  );
  const json = JSON.parse(getJsonLinesFormatter()(record));
  assert.deepEqual([json.level, json.message, json.properties], ["WARN", "it rains", { drops: 3 }]);
});
