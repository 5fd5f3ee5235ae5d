/**
 * `deno task compile`: makes the executable. What tram loads by name while it runs, and so cannot be
 * found by following imports, is named here: modules that run in a thread (`*_thread.ts`) and
 * folders called `assets`. Further arguments go to `deno compile` as they are.
 */

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

/** Arguments of `deno`. `--output` is `dist/tram` unless `extra` says otherwise. */
export function compileArguments(parts: readonly string[], extra: readonly string[]): string[] {
  const saysOutput = extra.some((argument) => /^(--output(=|$)|-o)/.test(argument));
  return [
    "compile",
    // Which files, hosts and programs tram touches is on its command line, not known here.
    "--allow-all",
    // The cache would be a file in the shared temporary folder that whoever comes first may write.
    "--no-code-cache",
    // The thread that runs a user's job has no permissions.
    "--unstable-worker-options",
    ...saysOutput ? [] : ["--output", "dist/tram"],
    ...parts.flatMap((part) => ["--include", part]),
    ...extra,
    "cli.ts",
  ];
}

if (import.meta.main) {
  Deno.chdir(`${import.meta.dirname}/..`);
  const args = compileArguments(namedParts("lib"), Deno.args);
  const { code } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
  Deno.exit(code);
}
