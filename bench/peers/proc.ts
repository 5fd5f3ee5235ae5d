/** What Linux tells of a process in `/proc`; `NaN` where there is none. */

/** Ticks per second: 100 on all Linux that Deno runs on. */
const TICKS = 100;
const KIB = 1024;

/** Processor time so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const [utime, stime] = cpuTicks(pid);
  return (utime + stime) / TICKS;
}

/** Processor time of all that a process has started, once it has ended, in seconds. */
export function endedCpuSeconds(pid: number): number {
  const [, , cutime, cstime] = cpuTicks(pid);
  return (cutime + cstime) / TICKS;
}

/** utime, stime, cutime, cstime. */
function cpuTicks(pid: number): readonly [number, number, number, number] {
  const stat = read(pid, "stat");
  // The name of the program is in brackets and may hold spaces; utime is field 14.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const at = (index: number) => Number(fields[index] ?? NaN);
  return [at(11), at(12), at(13), at(14)];
}

/** Memory that is resident, in millions of bytes. */
export function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(pid, "status"))?.[1] ?? NaN) * KIB / 1e6;
}

function read(pid: number, what: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${what}`);
  } catch {
    return "";
  }
}
