import { tramCommand } from "./processes.ts";

/** The tram under test as one file, as it is brought to a machine. @param folder where it may be made */
export async function tramFile(folder: string): Promise<string> {
  const named = Deno.env.get("TRAM_BIN");
  if (named) return await Deno.realPath(named);
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
