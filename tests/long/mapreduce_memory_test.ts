/** Many more keys than memory. */
import assert from "node:assert/strict";
import { countDistinct } from "../e2e/mapreduce_keys.ts";
import { withFolder } from "../e2e/processes.ts";

const BYTES = 2_000_000_000;
const GIB = 1024 ** 3;

Deno.test("mapreduce run counts 2 GB of distinct keys with 256 MB of memory within 1 GB resident", () =>
  withFolder(async (folder) => {
    const { residentBytes, spilledBytes } = await countDistinct(folder, {
      bytes: BYTES,
      memory: "256MB",
      workers: "1",
      deadlineMs: 900_000,
    });
    const sum = residentBytes.reduce((sum, bytes) => sum + bytes, 0);
    assert(sum < GIB, `resident: ${residentBytes.join(" + ")} bytes`);
    assert(spilledBytes > 0);
  }));
