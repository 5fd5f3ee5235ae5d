/**
 * The temporary folder of a worker. It goes at the end; those of workers that died without a word go when
 * the next worker starts on the machine: the name has the number of the process. Where the system has
 * given that number to another process meanwhile, the folder stays until a later time. Containers that
 * share a folder count processes of their own, so that the name says whose count it is, too.
 */
import { join } from "node:path";

/** What names of these folders begin with. */
const PREFIX = "tram-mapreduce-";

/** The number of the process in such a name, and who counts. */
const NAME = /^tram-mapreduce-(\d+)-(\d+)-/;

/** What tells whether a process is still there. */
export interface ProcessList {
  /** Number of this process. */
  readonly pid: number;
  /** Within what numbers of processes hold: digits, the same for all that see the same processes. */
  readonly space: string;
  /** Whether there is a process of that number, be it another program's. */
  isThere(pid: number): boolean;
}

/** A folder that goes when it is disposed. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes a folder for this process, and takes away what dead ones have left.
 *
 * @param root where; for what is temporary
 * @throws {Error} when it cannot be made
 */
export async function openWorkFolder(root: string, processes: ProcessList): Promise<WorkFolder> {
  await removeStale(root, processes);
  const path = await Deno.makeTempDir({
    dir: root,
    prefix: `${PREFIX}${processes.pid}-${processes.space}-`,
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await remove(path);
    },
  };
}

async function removeStale(root: string, { isThere, pid, space }: ProcessList): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(root)) {
      const [, digits = "", counter] = NAME.exec(name) ?? [];
      const number = Number(digits);
      if (!isDirectory || counter !== space || number === pid || isThere(number)) continue;
      await remove(join(root, name));
    }
  } catch {
    // Another user's, or just now taken away by somebody else: not this worker's business.
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch {
    // Somebody else's, or gone.
  }
}
