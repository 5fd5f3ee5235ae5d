/**
 * Files of a task, written and read at once, without promises: tasks have threads of their own, and
 * emission cannot wait. Everything throws {@linkcode TaskError} as the worker's trouble.
 */
import { TaskError } from "./task_runner.ts";

/** A file that is being written. */
export interface TaskFile {
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): void;
  /** Good at any time, also twice. */
  close(): void;
}

/** A part of a file that is being read. */
export interface TaskFilePart {
  /** Fills the beginning of `buffer`, as much as there is; 0 at the end of the part. */
  read(buffer: Uint8Array): number;
  /** Good at any time, also twice. */
  close(): void;
}

/** Files of a task. */
export interface TaskFiles {
  /** Makes a file, or an empty one of what is there. */
  create(path: string): TaskFile;
  /** Opens the bytes from `startByte` to `endByte`. */
  open(path: string, startByte: number, endByte: number): TaskFilePart;
  /** Takes a file away; does nothing where there is none. */
  remove(path: string): void;
}

/** Files of a task on the real disk. */
export const realTaskFiles: TaskFiles = {
  create(path) {
    const file = attempt(
      "write",
      path,
      () => Deno.openSync(path, { write: true, create: true, truncate: true }),
    );
    let isOpen = true;
    return {
      write: (bytes) =>
        attempt("write", path, () => {
          for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
        }),
      close() {
        if (isOpen) file.close();
        isOpen = false;
      },
    };
  },
  open(path, startByte, endByte) {
    const file = attempt("read", path, () => Deno.openSync(path));
    let isOpen = true;
    let at = startByte;
    if (startByte > 0) attempt("read", path, () => file.seekSync(startByte, Deno.SeekMode.Start));
    return {
      read: (buffer) =>
        attempt("read", path, () => {
          const count = file.readSync(buffer.subarray(0, Math.min(buffer.length, endByte - at)));
          at += count ?? 0;
          return count ?? 0;
        }),
      close() {
        if (isOpen) file.close();
        isOpen = false;
      },
    };
  },
  remove(path) {
    attempt("remove", path, () => {
      try {
        Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    });
  },
};

function attempt<T>(what: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TaskError(`Cannot ${what} ${path}: ${why}`, { isWorkers: true });
  }
}
