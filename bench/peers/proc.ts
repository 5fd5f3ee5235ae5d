/** What Linux tells of a process in `/proc`; `NaN` where there is none. */

/** Ticks per second: 100 on all Linux that Deno runs on. */
const TICKS = 100;
const KIB = 1024;

/** Processor time so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = read(pid, "stat");
  // The name of the program is in brackets and may hold spaces; utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
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
