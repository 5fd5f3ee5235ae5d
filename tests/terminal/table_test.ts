import assert from "node:assert/strict";
import fc from "fast-check";
import { styleFor } from "../../lib/terminal/style.ts";
import { formatTable, type TableColumn } from "../../lib/terminal/table.ts";
import { knownText, knownWidth } from "./pieces.ts";

const columns: TableColumn[] = [
  { title: "client" },
  { title: "offset", align: "right" },
  { title: "verdict", flexible: true },
];
const rows = [
  ["ada", "12.5 us", "in step with the server"],
  ["字幕", "-3 ms", "one step"],
  ["e\u0301mile", "", "gone"],
];

Deno.test("formatTable() aligns by display width and leaves no space at the end", () => {
  assert.deepEqual(formatTable({ columns, rows, columnsAvailable: undefined }), [
    "client   offset  verdict",
    "ada     12.5 us  in step with the server",
    "字幕      -3 ms  one step",
    "e\u0301mile            gone",
  ]);
});

Deno.test("formatTable() cuts flexible columns only as far as it must", () => {
  assert.deepEqual(formatTable({ columns, rows, columnsAvailable: 30 }), [
    "client   offset  verdict",
    "ada     12.5 us  in step with…",
    "字幕      -3 ms  one step",
    "e\u0301mile            gone",
  ]);
});

Deno.test("formatTable() gives each row a block when cutting is not enough", () => {
  assert.deepEqual(formatTable({ columns, rows: rows.slice(0, 2), columnsAvailable: 22 }), [
    "client: ada",
    "offset: 12.5 us",
    "verdict: in step",
    "  with the server",
    "",
    "client: 字幕",
    "offset: -3 ms",
    "verdict: one step",
  ]);
});

Deno.test("formatTable() shows titles in bold where there are colours", () => {
  const style = styleFor({ hasColor: true });
  const [head, first] = formatTable({ columns, rows, columnsAvailable: 80, style });
  assert.equal(
    head,
    "\u001b[1mclient\u001b[22m   \u001b[1moffset\u001b[22m  \u001b[1mverdict\u001b[22m",
  );
  assert.equal(first, "ada     12.5 us  in step with the server");
  const [block] = formatTable({ columns, rows, columnsAvailable: 20, style });
  assert.equal(block, "\u001b[1mclient\u001b[22m: ada");
});

Deno.test("formatTable() shows titles when there are no rows, and nothing without columns", () => {
  assert.deepEqual(formatTable({ columns, rows: [], columnsAvailable: 80 }), [
    "client  offset  verdict",
  ]);
  assert.deepEqual(formatTable({ columns: [], rows: [[]], columnsAvailable: 80 }), []);
});

const tables = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc.record({
    columns: fc.array(
      fc.record({
        title: knownText(8).map(({ text }) => text.trim() || "title"),
        align: fc.constantFrom("left", "right"),
        flexible: fc.boolean(),
        minWidth: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: count, maxLength: count },
    ),
    rows: fc.array(
      fc.array(knownText(20).map(({ text }) => text), { maxLength: count }),
      { maxLength: 5 },
    ),
    columnsAvailable: fc.integer({ min: 8, max: 120 }),
  })
);

Deno.test("formatTable() keeps within the columns, without spaces at the ends of lines", () => {
  fc.assert(
    fc.property(tables, (table) => {
      for (const line of formatTable(table)) {
        assert(knownWidth(line) <= table.columnsAvailable, line);
        assert.equal(line, line.trimEnd());
      }
    }),
    { numRuns: 500 },
  );
});
