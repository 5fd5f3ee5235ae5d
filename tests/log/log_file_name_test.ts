import assert from "node:assert/strict";
import fc from "fast-check";
import { fillLogFileName, parseLogFile } from "../../lib/log/log_file_name.ts";

const NAMES = { service: "timer-serve", id: "7", date: "2026-03-01" };

Deno.test("fillLogFileName() fills in each placeholder, as often as it is there", () => {
  const name = parseLogFile("logs/{date}/{service}-{id}-{date}.log");
  assert.equal(fillLogFileName(name, NAMES), "logs/2026-03-01/timer-serve-7-2026-03-01.log");
});

Deno.test("parseLogFile() names the placeholders there are", () => {
  for (const found of ["{pid}", "{", "{service", "{}", "{Date}", "{toString}"]) {
    assert.throws(() => parseLogFile(`${found}`), {
      name: "SyntaxError",
      message: `wanted {service}, {id} or {date} in braces, got "${found}" in "${found}"`,
    });
  }
});

Deno.test("parseLogFile() refuses what names no file", () => {
  for (const text of ["", "logs/", "{date}/"]) {
    assert.throws(() => parseLogFile(text), {
      message: `wanted the name of a file, got "${text}"`,
    });
  }
});

Deno.test("fillLogFileName() lets no value leave the folder or hide the file", () => {
  const filled = (id: string) => fillLogFileName("logs/{id}", { ...NAMES, id });
  assert.equal(filled("../../etc/passwd"), "logs/__.._etc_passwd");
  assert.equal(filled(".."), "logs/_");
  assert.equal(filled(""), "logs/_");
  assert.equal(filled("ada's desk"), "logs/ada_s_desk");
  assert.equal(filled("Zürich-2"), "logs/Zürich-2");
  assert.equal(filled("{date}"), "logs/_date_");
});

Deno.test("fillLogFileName() makes a short name of one part out of any value", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (id) => {
    const filled = fillLogFileName("{id}", { ...NAMES, id });
    assert.doesNotMatch(filled, /^\.|[/\\\p{C}\s:*?"<>|]/u);
    assert(filled.length > 0 && new TextEncoder().encode(filled).length <= 160);
  }));
});
