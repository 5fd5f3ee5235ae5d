/** The modules of the project, from the disk. */
import { type ModuleOf, readModule } from "./read_module.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["lib", "bench", "docs", "tests"];
/** AssemblyScript, which is another language, and what benchmarks leave behind. */
const LEFT_OUT = /^(?:lib\/mapreduce\/kernel\/assembly|bench\/results)$/;

/** All modules of the project, by path from its root. */
export function readTree(): Map<string, ModuleOf> {
  const paths = ["cli.ts", "mod.ts", ...FOLDERS.flatMap((folder) => [...modulesBelow(folder)])];
  return new Map(paths.sort().map((path) => [path, readModule(path, readText(path))]));
}

/** The pages that people read, as files that may be too long; the first comment is their head. */
export function readTexts(): { path: string; lines: number; head: string }[] {
  const pages = [...Deno.readDirSync(new URL("docs", ROOT))].map(({ name }) => `docs/${name}`);
  return ["README.md", ...pages.filter((path) => path.endsWith(".md")).sort()].map((path) => {
    const text = readText(path);
    return {
      path,
      lines: text.split("\n").length - 1,
      head: /^<!--[^]*?-->/.exec(text)?.[0] ?? "",
    };
  });
}

/** A text of the project, by path from its root. */
export function readText(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

function* modulesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory && !LEFT_OUT.test(path)) yield* modulesBelow(path);
    else if (/\.(?:ts|js|mjs)$/.test(name)) yield path;
  }
}
