/** The words of texts that are hard to count, counted by a program of others, too. */
import assert from "node:assert/strict";
import {
  assertSameCounts,
  countWithMawk,
  countWithTram,
  writeHostile,
} from "./mapreduce_oracles.ts";
import { withFolder } from "./processes.ts";

const LIMITS = { deadlineMs: 120_000 };
const BYTES = 3_000_000;

Deno.test("mapreduce run counts the words of any bytes as mawk does", () =>
  withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/in`);
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    writeHostile(`${folder}/in`, seed, BYTES);
    try {
      await countWithMawk(folder, LIMITS);
      for (const workers of ["2", "0"]) {
        const name = `out${workers}`;
        const flags = ["--workers", workers, "--memory", "16MiB"];
        const { outcome } = await countWithTram(folder, name, flags, LIMITS);
        assert.equal(outcome, "done");
        await assertSameCounts(folder, name, "mawk.tsv", LIMITS);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }));
