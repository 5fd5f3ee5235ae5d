import assert from "node:assert/strict";
import fc from "fast-check";
import { LineBuffer } from "../../../lib/mapreduce/jobs/line_buffer.ts";
import { unescapeField } from "../../../lib/mapreduce/jobs/unescape_field.ts";

Deno.test("LineBuffer writes key TAB value LF, and escapes TAB, LF and backslash", () => {
  const lines = new LineBuffer();
  const bytes = (text: string) => new TextEncoder().encode(text);
  lines.add(bytes("a\tb"), bytes("c\\\nd"));
  lines.add(bytes(""), bytes(""));
  assert.equal(new TextDecoder().decode(lines.take()), "a\\tb\tc\\\\\\nd\n\t\n");
  assert.equal(lines.size, 0);
});

Deno.test("unescapeField() takes back what LineBuffer escapes, of any bytes", () => {
  const field = fc.uint8Array({ maxLength: 50 }).map((bytes) =>
    bytes.map((byte) => [0x09, 0x0a, 0x5c, 0x74, 0x6e, 0x61][byte % 8] ?? byte)
  );
  fc.assert(fc.property(field, field, (key, value) => {
    const lines = new LineBuffer();
    lines.add(key, value);
    const line = lines.take();
    const tab = line.indexOf(0x09);
    assert.deepEqual(unescapeField(line.subarray(0, tab)), key);
    assert.deepEqual(unescapeField(line.subarray(tab + 1, -1)), value);
    assert.equal(line.indexOf(0x0a), line.length - 1);
  }));
});

Deno.test("unescapeField() leaves a backslash that begins no escape", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(unescapeField(bytes("C:\\dir\\")), bytes("C:\\dir\\"));
});
