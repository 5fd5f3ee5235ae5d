import type { LogFolder } from "./launch_host.ts";

/** Makes a folder of files to which copies write. @throws {Error} when it cannot be made */
export function openLogs(path: string, onFailure: (why: string) => void): LogFolder {
  const files = new Map<string, Deno.FsFile>();
  let hasFailed = false;
  const fail = (error: unknown) => {
    if (!hasFailed) onFailure(error instanceof Error ? error.message : String(error));
    hasFailed = true;
  };
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot make the folder ${path} for logs: ${why}`);
  }
  return {
    path,
    write(copy, bytes) {
      if (hasFailed) return;
      try {
        let file = files.get(copy);
        if (file === undefined) {
          file = Deno.openSync(`${path}/${copy}.log`, { append: true, create: true });
          files.set(copy, file);
        }
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      } catch (error) {
        fail(error);
      }
    },
    close() {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
}
