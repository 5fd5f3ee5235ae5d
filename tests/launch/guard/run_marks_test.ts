import assert from "node:assert/strict";
import { addMark, carriesMark } from "../../../lib/launch/guard/run_marks.ts";

Deno.test("carriesMark() finds the marks of a run and of runs around it", () => {
  const inner = addMark(addMark(undefined, "outer"), "inner");
  const environ = `HOME=/x\0TRAM_RUN_ID=${inner}\0TRAM_GUARD=g-1\0`;
  for (const id of ["outer", "inner", "g-1"]) assert(carriesMark(environ, id), id);
  for (const id of ["out", "inner2", "g", ""]) assert(!carriesMark(environ, id), id);
});

Deno.test("carriesMark() looks at no other variable", () => {
  assert(!carriesMark("X=run\0TRAM_RUN_IDS=run\0MY_TRAM_RUN_ID=run\0", "run"));
});
