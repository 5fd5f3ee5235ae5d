import assert from "node:assert/strict";
import { buildKernel } from "../../../lib/mapreduce/kernel/build_kernel.ts";

Deno.test("buildKernel() makes the bytes that are kept in assets", async () => {
  const kept = await Deno.readFile(
    new URL("../../../lib/mapreduce/kernel/assets/kernel.wasm", import.meta.url),
  );
  const built = await buildKernel();
  assert.ok(
    built.length === kept.length && built.every((byte, at) => byte === kept[at]),
    "kernel.wasm is not what its source makes: deno task build:kernel",
  );
});
