/** What Linux tells of processes in `/proc`. */

/** Ticks per second of processor time: 100 on all Linux that Deno runs on. */
const TICKS = 100;

/** A process at one moment. */
export interface ProcFigures {
  readonly rssBytes: number;
  readonly handles: number;
  readonly threads: number;
  /** Processor time so far, in seconds. */
  readonly cpuS: number;
  /** That of the processes that it started and that have ended. */
  readonly endedCpuS: number;
}

/** Looks at a process. @returns `undefined` when there is none */
export function procFigures(pid: number): ProcFigures | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name of the program is in brackets and may hold spaces; utime is field 14.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    const seconds = (at: number) => ((fields[at] ?? 0) + (fields[at + 1] ?? 0)) / TICKS;
    const at = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
    return {
      rssBytes: at("VmRSS") * 1024,
      threads: at("Threads"),
      handles: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
      cpuS: seconds(11),
      endedCpuS: seconds(13),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return undefined;
    throw error;
  }
}

/** Ids of the processes that a process has started and that run. */
export function childrenOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(/\s+/)
    ).filter((text) => text !== "").map(Number);
  } catch {
    return []; // it has ended meanwhile
  }
}
