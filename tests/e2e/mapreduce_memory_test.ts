/** More keys than memory. */
import assert from "node:assert/strict";
import { countDistinct } from "./mapreduce_keys.ts";
import { withFolder } from "./processes.ts";

const BYTES = 200_000_000;
const GIB = 1024 ** 3;

Deno.test("mapreduce run counts 200 MB of distinct keys with 16 MiB of memory", () =>
  withFolder(async (folder) => {
    const { residentBytes, spilledBytes } = await countDistinct(folder, {
      bytes: BYTES,
      memory: "16MiB",
      workers: "2",
      deadlineMs: 300_000,
    });
    const sum = residentBytes.reduce((sum, bytes) => sum + bytes, 0);
    assert(sum < GIB, `resident: ${residentBytes.join(" + ")} bytes`);
    assert(spilledBytes >= BYTES, `spilled: ${spilledBytes} bytes`);
  }));
