import assert from "node:assert/strict";
import { madeWindows } from "./made_windows.ts";
import { soakCsv } from "./soak_csv.ts";

Deno.test("soakCsv() has a line for each window and a column for each figure", () => {
  const lines = soakCsv(madeWindows({ windows: 12 })).trimEnd().split("\n");
  assert.equal(lines.length, 13);
  const head = lines[0]?.split(",") ?? [];
  for (const column of ["window", "at_s", "at_rest", "chat rssBytes", "chat p99Ms"]) {
    assert(head.includes(column), column);
  }
  for (const line of lines) assert.equal(line.split(",").length, head.length);
  const value = (row: number, column: string) => lines[row]?.split(",")[head.indexOf(column)];
  assert.equal(value(6, "at_s"), "60");
  assert.equal(value(6, "at_rest"), "1");
  assert.equal(value(12, "chat lines"), "1100");
});

Deno.test("soakCsv() leaves a cell empty where a window has no such figure", () => {
  const [first, second] = madeWindows({ windows: 2 });
  assert(first !== undefined && second !== undefined);
  const lines = soakCsv([{ ...first, latencies: {} }, second]).split("\n");
  const at = lines[0]?.split(",").indexOf("chat p50Ms") ?? -1;
  assert.equal(lines[1]?.split(",")[at], "");
  assert.match(lines[2]?.split(",")[at] ?? "", /^\d/);
});

Deno.test("soakCsv() quotes a name with a comma", () => {
  const [window] = madeWindows({ windows: 1 });
  assert(window !== undefined);
  assert.match(soakCsv([{ ...window, counts: { 'a,"b"': 1 } }]), /,"a,""b"""\n/);
});
