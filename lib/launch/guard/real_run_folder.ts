import { RUN_FOLDER_PREFIX, type RunFile, type RunFolder } from "./run_folder.ts";

/**
 * What a folder for runs is called: whole, since roles may start elsewhere, and of characters that mean
 * nothing to a shell, since `{run}` may stand in a line for it, and `launch clean` looks nowhere else.
 */
const PLAIN = /^(?:\/[A-Za-z0-9_./-]*|[A-Za-z]:[\\/][^"$]*)$/;

/** Folders in which that of a run may be, the best first. */
export function runFolderParents(env: Readonly<Partial<Record<string, string>>>): string[] {
  const named = [env["XDG_RUNTIME_DIR"], env["TMPDIR"], env["TEMP"], "/tmp"];
  return [...new Set(named.flatMap((path = "") => PLAIN.test(path) ? [path] : []))];
}

/**
 * Makes the folder of a run, for its owner only, with these files in it.
 *
 * @throws {Error} when it is there already, or cannot be made anywhere
 */
export async function makeRunFolder(
  id: string,
  files: readonly RunFile[],
  env: Readonly<Partial<Record<string, string>>>,
): Promise<RunFolder> {
  let failure: unknown;
  for (const parent of runFolderParents(env)) {
    const path = `${parent}/${RUN_FOLDER_PREFIX}${id}`;
    const remove = () => Deno.remove(path, { recursive: true }).catch(() => {});
    try {
      await Deno.mkdir(path, { mode: 0o700 });
    } catch (error) {
      failure = error;
      continue;
    }
    try {
      for (const { name, text } of files) {
        await Deno.writeTextFile(`${path}/${name}`, text, { mode: 0o600, createNew: true });
      }
      return { path, remove };
    } catch (error) {
      await remove();
      failure = error;
    }
  }
  const why = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`Cannot make a folder for the run: ${why}`);
}
