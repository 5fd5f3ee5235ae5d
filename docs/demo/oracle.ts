/** Counts words without workers, and compares with what workers wrote: `deno run oracle.ts FOLDER`. */
import { folder, say, show } from "./tram.ts";

/** All parts of an output, each behind its name, as one text. */
async function readParts(output: string): Promise<string> {
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(`${folder}/${output}`)) {
    if (!name.startsWith("part-")) continue;
    parts.push(`${name}\n${await Deno.readTextFile(`${folder}/${output}/${name}`)}`);
  }
  return parts.sort().join("");
}

say("\n-- The same without workers, by plain code.\n");
const run = ["mapreduce", "run", "--job", "wordcount", "--workers", "0"];
await show([...run, "--output", "oracle", "page.wet.gz"]);
const [counts, oracle] = [await readParts("counts"), await readParts("oracle")];
const isSame = counts === oracle && /^de\t31$/m.test(counts);
say(`-- Both outputs: ${isSame ? "the same, byte for byte" : "NOT THE SAME"}.\n`);
say(
  "== launch: all this was one launch file, docs/demo/demo.toml; nothing that it started is left ==",
);
if (!isSame) Deno.exitCode = 1;
