/** What a process uses, as `/proc` has it: Linux only. */

/** Clock ticks per second that `/proc` counts in. */
const TICKS_PER_S = 100;

/** Processor time that a process has used so far, in seconds. */
export function processorS(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const [, rest = ""] = stat.split(") "); // its name may hold anything
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Starts the peak of a process's memory anew. */
export function resetPeak(pid: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** Most memory that a process had in RAM since {@linkcode resetPeak}, in bytes. */
export function peakBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Files and sockets that a process has open. */
export function openFiles(pid: number): number {
  return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
}

/** The port that a process listens on, on any address; it has one. */
export function listeningPort(pid: number): string {
  const sockets = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${name}`)) ??
        [];
      if (inode !== undefined) sockets.add(inode);
    } catch {
      // It was closed a moment ago.
    }
  }
  for (const table of ["tcp", "tcp6"]) {
    for (const line of Deno.readTextFileSync(`/proc/${pid}/net/${table}`).split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === "0A" && sockets.has(inode)) {
        return String(parseInt(local.split(":")[1] ?? "", 16));
      }
    }
  }
  throw new Error(`Process ${pid} listens nowhere`);
}
