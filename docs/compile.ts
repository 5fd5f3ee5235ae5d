/**
 * `deno task compile`: makes the executable, for other platforms by `--target`, for all of them by
 * `--target all`, and `dist/SHA256SUMS` with the hash of each that is in `dist`. What tram loads by name while it runs, and so cannot be
 * found by following imports, is named here: modules that run in a thread (`*_thread.ts`) and
 * folders called `assets`. Further arguments go to `deno compile` as they are.
 *
 * Deno puts in each npm package of its configuration, also those that only tests and benches import.
 * So it is given a configuration without these, and a copy of the lock file, which it may cut.
 */

import { encodeHex } from "@std/encoding/hex";

/** Configuration and lock file for compiling; the first one's name is in the executable. */
const CONFIG = ".compile.json";
const LOCK = ".compile.lock";

/** Where executables go unless somebody says otherwise. */
const FOLDER = "dist";

/** Hashes of all executables in the folder, for `sha256sum --check`. */
const SUMS = "SHA256SUMS";

/** What `--target all` stands for: the platforms of Deno 2.4 and later. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/** What of a folder has to be named, sorted so that the same sources make the same file. */
export function namedParts(folder: string): string[] {
  const parts: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (name.endsWith("_thread.ts") || isDirectory && name === "assets") parts.push(path);
    else if (isDirectory) parts.push(...namedParts(path));
  }
  return parts.sort();
}

/** Those of `imports` that a source names. What it may mean otherwise does no harm. */
export function usedImports(
  imports: Readonly<Record<string, string>>,
  sources: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).filter(([name]) => sources.some((text) => text.includes(`"${name}"`))),
  );
}

/** Texts of all modules in a folder. */
function sourcesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sourcesIn(`${folder}/${name}`);
    return name.endsWith(".ts") ? [Deno.readTextFileSync(`${folder}/${name}`)] : [];
  });
}

/** Whether an argument says if types are to be checked. */
function isAboutCheck(argument: string): boolean {
  return /^--(no-)?check(=|$)/.test(argument);
}

/** The platform that arguments name, if they do. */
export function targetOf(extra: readonly string[]): string | undefined {
  const at = extra.findIndex((argument) => /^--target(=|$)/.test(argument));
  return at < 0 ? undefined : extra[at]?.split("=")[1] ?? extra[at + 1];
}

/** `extra` for each platform that it names. */
export function eachTarget(extra: readonly string[]): readonly (readonly string[])[] {
  if (targetOf(extra) !== "all") return [extra];
  const at = extra.findIndex((argument) => argument.startsWith("--target"));
  const others = extra.toSpliced(at, extra[at]?.includes("=") ? 1 : 2);
  return TARGETS.map((target) => ["--target", target, ...others]);
}

/** `dist/tram`, and with a platform its name. */
function outputFor(target: string | undefined): string {
  if (target === undefined) return `${FOLDER}/tram`;
  return `${FOLDER}/tram-${target}${target.includes("windows") ? ".exe" : ""}`;
}

/** Lines as `sha256sum` has them, of all files in a folder but those lines themselves. */
export async function sumsOf(folder: string): Promise<string> {
  const names = [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name !== SUMS).map(({ name }) => name).sort();
  const lines: string[] = [];
  for (const name of names) {
    const digest = await crypto.subtle.digest("SHA-256", Deno.readFileSync(`${folder}/${name}`));
    lines.push(`${encodeHex(digest)}  ${name}\n`);
  }
  return lines.join("");
}

/** Arguments of `deno`. `--output` is in `dist` unless `extra` says otherwise. */
export function compileArguments(parts: readonly string[], extra: readonly string[]): string[] {
  const saysOutput = extra.some((argument) => /^(--output(=|$)|-o)/.test(argument));
  const saysCheck = extra.some(isAboutCheck);
  const saysConfig = extra.some((argument) => /^(--(no-)?config(=|$)|-c)/.test(argument));
  return [
    "compile",
    // Which files, hosts and programs tram touches is on its command line, not known here.
    "--allow-all",
    // The cache would be a file in the shared temporary folder that whoever comes first may write.
    "--no-code-cache",
    // The thread that runs a user's job has no permissions.
    "--unstable-worker-options",
    // That is done before: types of packages would be in the executable otherwise.
    ...saysCheck ? [] : ["--no-check"],
    ...saysConfig ? [] : ["--config", CONFIG, "--lock", LOCK],
    ...saysOutput ? [] : ["--output", outputFor(targetOf(extra))],
    ...parts.flatMap((part) => ["--include", part]),
    ...extra,
    "cli.ts",
  ];
}

/** Runs Deno. @returns its exit code */
async function deno(args: readonly string[]): Promise<number> {
  return (await new Deno.Command(Deno.execPath(), { args: [...args] }).spawn().status).code;
}

/** Makes the executable. @returns the exit code */
async function compile(extra: readonly string[]): Promise<number> {
  const parts = namedParts("lib");
  if (!extra.some(isAboutCheck)) {
    const modules = ["cli.ts", ...parts.filter((part) => part.endsWith(".ts"))];
    const code = await deno(["check", "--quiet", ...modules]);
    if (code !== 0) return code;
  }
  const config = JSON.parse(Deno.readTextFileSync("deno.json"));
  const sources = [
    ...sourcesIn("lib"),
    Deno.readTextFileSync("cli.ts"),
    Deno.readTextFileSync("mod.ts"),
  ];
  const imports = usedImports(config.imports, sources);
  try {
    Deno.writeTextFileSync(CONFIG, JSON.stringify({ ...config, imports }));
    Deno.copyFileSync("deno.lock", LOCK);
    for (const one of eachTarget(extra)) {
      const code = await deno(compileArguments(parts, one));
      if (code !== 0) return code;
    }
    // It may have gone elsewhere.
    const hasFolder = [...Deno.readDirSync(".")].some(({ name }) => name === FOLDER);
    if (hasFolder) Deno.writeTextFileSync(`${FOLDER}/${SUMS}`, await sumsOf(FOLDER));
    return 0;
  } finally {
    for (const path of [CONFIG, LOCK]) Deno.removeSync(path);
  }
}

if (import.meta.main) {
  Deno.chdir(`${import.meta.dirname}/..`);
  Deno.exit(await compile(Deno.args));
}
