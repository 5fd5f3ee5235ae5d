/** What `mapreduce` needs of this machine beside its inputs. `real_host.ts` has the real one. */
import type { Folder } from "./engine/folder.ts";
import type { TaskFiles } from "./engine/task_files.ts";
import type { TaskRunner } from "./engine/task_runner.ts";
import type { ThreadPoolParts } from "./engine/thread_pool.ts";

/** The folder that output goes to. */
export interface OutputFolder {
  readonly folder: Folder;
  /** Whether it was there before. */
  readonly wasThere: boolean;
  /** Takes away a folder that was not there before, with all that is in it. Never throws. */
  discard(): Promise<void>;
}

/** A folder for what does not fit into memory, gone when it is disposed. */
export interface TempFolder extends AsyncDisposable {
  readonly folder: Folder;
}

/** A worker that runs as a process on this machine. */
export interface WorkerProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | undefined }>;
  /** Asks it to end: its standard input ends. Never throws. */
  stop(): void;
  /** Ends it at once. Never throws. */
  kill(): void;
}

/** How a worker is started. */
export interface WorkerStart {
  /** What stands behind `tram`. */
  readonly args: readonly string[];
  /** First line of its standard input, which stays open. */
  readonly line: string;
  /** Takes what it writes to standard error, line by line. */
  readonly onLine: (line: string) => void;
}

/** What `mapreduce` needs of this machine. */
export interface MapreduceHost {
  /** Cores that it may use. */
  readonly cores: number;
  /** Files of tasks that run in this thread. */
  readonly taskFiles: TaskFiles;
  /**
   * Makes the folder for output, or opens it.
   *
   * @throws {Error} when it cannot be made
   */
  openOutput(path: string): Promise<OutputFolder>;
  /**
   * Makes a folder; takes away those of processes that are gone.
   *
   * @param within where @default {the system's folder for temporary files}
   * @throws {Error}
   */
  makeTemp(within?: string): Promise<TempFolder>;
  /** What runs tasks in threads. @throws {TaskError} when it cannot open the job */
  openPool(parts: ThreadPoolParts): Promise<TaskRunner>;
  /** Starts tram as a worker, the same tram as this one. @throws {Error} */
  startWorker(start: WorkerStart): WorkerProcess;
}
