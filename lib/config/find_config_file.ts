import type { TramContext } from "../context.ts";
import { configPath } from "./config_folder.ts";
import { UsageError } from "./usage_error.ts";

/** A configuration file that was found. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** A file that somebody named; the word `none` names no file. */
async function readNamed(
  context: TramContext,
  path: string,
  where: string,
): Promise<ConfigFile | undefined> {
  if (path === "none") return undefined;
  const text = await context.files.readText(path);
  if (text !== undefined) return { path, text };
  throw new UsageError(
    `Cannot read configuration file ${path}: there is no such file; ${where} wants a file, or "none"`,
  );
}

/**
 * The one configuration file that counts: `--config`, else `TRAM_CONFIG`, else `tram.toml` or
 * `tram.ini` here, else the same in the user's configuration folder.
 *
 * A file that just lies in the current directory is chosen by nobody: in a shared folder such as
 * /tmp, others could put one there that sends tokens or output where they like. So it has to be the
 * user's own, or root's, and nobody else may have written to it; else it is refused with a line
 * that says how to use it all the same. It is not skipped: a file that stops counting in silence
 * would be worse.
 *
 * @throws {UsageError} when a file that was named is not there
 * @throws {Error} when a file cannot be read or trusted
 */
export async function findConfigFile(
  context: TramContext,
  named: string | undefined,
): Promise<ConfigFile | undefined> {
  if (named !== undefined) return await readNamed(context, named, "--config");
  const fromEnv = context.process.env["TRAM_CONFIG"];
  if (fromEnv) return await readNamed(context, fromEnv, "TRAM_CONFIG");
  for (const name of ["tram.toml", "tram.ini"]) {
    const path = `./${name}`;
    const text = await context.files.readTrusted(path);
    if (text !== undefined) return { path, text };
  }
  for (const name of ["tram.toml", "tram.ini"]) {
    const path = configPath(context, name);
    const text = path && await context.files.readText(path);
    if (path !== undefined && text !== undefined) return { path, text };
  }
  return undefined;
}
