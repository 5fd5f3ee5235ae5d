import { tramCommand } from "./processes.ts";

/** The tram under test as one file, as it is brought to a machine. @param folder where it may be made */
export async function tramFile(folder: string): Promise<string> {
  const named = Deno.env.get("TRAM_BIN");
  return named ? await Deno.realPath(named) : await tramScript(folder);
}

/** A few bytes that run the tram under test, for machines that are this one: quick to bring. */
export async function tramScript(folder: string): Promise<string> {
  const path = `${folder}/tram.sh`;
  // Where modules are kept depends on XDG_CACHE_HOME, which is another over there.
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  const modules = Deno.env.get("DENO_DIR") ?? `${home}/deno`;
  const { command, prefix } = tramCommand();
  const words = [command, ...prefix].map((word) => `'${word}'`).join(" ");
  const line = `DENO_DIR='${modules}' exec ${words} "$@"`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}
