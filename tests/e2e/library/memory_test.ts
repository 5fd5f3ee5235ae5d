/** Memory: flat while frames pass, small while connections rest. Each in a process of its own. */
import assert from "node:assert/strict";
import { fromSource } from "../root.ts";

/** Runs a program of this folder and reads the JSON that it prints. */
async function measure(program: string, ...args: string[]): Promise<Record<string, number>> {
  const path = fromSource(`tests/e2e/library/${program}`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", path, ...args],
    signal: AbortSignal.timeout(180_000),
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

for (const direction of ["to-server", "to-client"]) {
  Deno.test(`Connection allocates nothing that stays over 10 M frames ${direction}`, async () => {
    const { frames, grownBytes } = await measure("measure_heap.ts", direction);
    assert.equal(frames, 10_000_000);
    assert((grownBytes ?? Infinity) < 2_000_000, `the heap grew by ${grownBytes} bytes`);
  });
}

Deno.test("listen() holds 10,000 idle connections in less than 500 MB", async () => {
  const { connections, rssBytes } = await measure("measure_idle.ts", "10000");
  assert.equal(connections, 10_000);
  const limitMb = Deno.version.deno.startsWith("2.4") ? 700 : 500;
  assert((rssBytes ?? Infinity) < limitMb * 1e6, `${rssBytes} bytes`);
});
