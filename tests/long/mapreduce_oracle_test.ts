/** Large texts, counted by programs of others, too. */
import assert from "node:assert/strict";
import { findDuckDb } from "./find_duckdb.ts";
import {
  assertSameCounts,
  countWithMawk,
  countWithTram,
  runProgram,
  writeHostile,
} from "../e2e/mapreduce_oracles.ts";
import { withFolder } from "../e2e/processes.ts";
import { fromSource } from "../e2e/root.ts";
import { generateWet } from "../mapreduce/generate_wet.ts";

const LIMITS = { deadlineMs: 900_000 };
const HOSTILE_BYTES = 200_000_000;
const WET_BYTES = 512 * 1024 * 1024;
const WET_FILES = 8;
const VOCABULARY = 500_000;

const withInputs = (body: (folder: string) => Promise<void>) =>
  withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/in`);
    await body(folder);
  });

Deno.test("mapreduce run counts the words of 200 MB of any bytes as mawk does", () =>
  withInputs(async (folder) => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    writeHostile(`${folder}/in`, seed, HOSTILE_BYTES);
    try {
      await countWithMawk(folder, LIMITS);
      for (const workers of ["2", "0"]) {
        const flags = ["--workers", workers, "--memory", "64MB"];
        const { outcome } = await countWithTram(folder, `out${workers}`, flags, LIMITS);
        assert.equal(outcome, "done");
        await assertSameCounts(folder, `out${workers}`, "mawk.tsv", LIMITS);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }));

const duckDb = await findDuckDb();

Deno.test("mapreduce run counts the words of half a gigabyte of WET as mawk and DuckDB do", (t) =>
  withInputs(async (folder) => {
    for (let i = 0; i < WET_FILES; i++) {
      const members = i % 2 === 0 ? "record" : "plain";
      using file = Deno.createSync(
        `${folder}/in/${i}.warc.wet${members === "plain" ? "" : ".gz"}`,
      );
      const options = { seed: i, bytes: WET_BYTES / WET_FILES, vocabulary: VOCABULARY, members };
      for (const part of generateWet({ ...options, members })) {
        for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
      }
    }
    for (const [name, ...flags] of [["two", "--workers", "2"], ["alone", "--workers", "0"]]) {
      const { outcome } = await countWithTram(folder, name ?? "", flags, LIMITS);
      assert.equal(outcome, "done");
    }
    await t.step("mawk", async () => {
      await countWithMawk(folder, LIMITS);
      for (const name of ["two", "alone"]) {
        await assertSameCounts(folder, name, "mawk.tsv", LIMITS);
      }
    });
    await t.step({
      name: "DuckDB",
      ignore: "absence" in duckDb,
      async fn() {
        if ("absence" in duckDb) return;
        const args = [duckDb.packages, `${folder}/in/*`, `${folder}/duckdb.tsv`];
        const program = fromSource("bench/peers/duckdb_words.ts");
        await runProgram(Deno.execPath(), ["run", "-A", "--quiet", program, ...args], LIMITS);
        await assertSameCounts(folder, "two", "duckdb.tsv", LIMITS);
      },
    });
  }));
