/** What other processes are, and what they have started. Linux only. */

/** A process. */
interface ProcessInfo {
  readonly pid: number;
  /** Number of the process that has started it. */
  readonly parent: number;
  readonly args: readonly string[];
  /** Time that it has calculated, in milliseconds. */
  readonly cpuMs: number;
}

/** Ticks of the clock in `/proc/PID/stat` take this long, in milliseconds. */
const TICK_MS = 10;

/** Processes that a process has started, and those that they have started. */
export function children(pid: number): ProcessInfo[] {
  // A list of children in /proc is of one thread.
  return processes().filter(({ parent }) => parent === pid)
    .flatMap((child) => [child, ...children(child.pid)]);
}

/** All processes. */
export function processes(): ProcessInfo[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
    .filter(Number.isInteger).map(processInfo);
}

function processInfo(pid: number): ProcessInfo {
  const args = read(`/proc/${pid}/cmdline`).split("\0");
  // The name before them, in brackets, may hold anything.
  const fields = read(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return {
    pid,
    parent: Number(fields[1]),
    args,
    cpuMs: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS,
  };
}

/** @returns nothing for a process that has ended */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
