/** All sessions of the README and of `docs/`. */
import { fromSource } from "../e2e/root.ts";
import { type ConsoleBlock, consoleBlocks } from "./console_blocks.ts";

/** Reads them, in order. */
export function documentBlocks(): ConsoleBlock[] {
  const docs = [...Deno.readDirSync(fromSource("docs"))].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort();
  return ["README.md", ...docs].flatMap((file) =>
    consoleBlocks(file, Deno.readTextFileSync(fromSource(file)))
  );
}
