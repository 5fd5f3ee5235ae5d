/** A lock on a folder of the real disk. */
import { join } from "node:path";
import { FolderError, type FolderLock } from "./folder.ts";

/** Takes the lock `name` in the folder at `path`. @throws {FolderError} when another process holds it */
export async function lockFolder(path: string, name: string): Promise<FolderLock> {
  // Only who writes output needs a database.
  const { LockedError, lockFile } = await import("../../store/lock_file.ts");
  const file = join(path, name);
  try {
    let lock: { close(): void } | undefined = lockFile(file);
    return {
      release(isLast) {
        if (lock === undefined) return;
        if (isLast) remove(file); // while it is held, so that it is nobody else's
        lock.close();
        lock = undefined;
      },
    };
  } catch (error) {
    // Some file systems have no locks. What else is wrong is found as soon as something is written.
    if (!(error instanceof LockedError)) return { release() {} };
    const message = `Cannot write to ${path}: ${error.holder} runs a job there`;
    throw new FolderError(message, { cause: error });
  }
}

function remove(file: string): void {
  try {
    Deno.removeSync(file);
  } catch {
    // It is as good as gone: it is no longer locked.
  }
}
