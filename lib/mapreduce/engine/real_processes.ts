import { kill } from "node:process";
import type { ProcessList } from "./work_folder.ts";

/** The processes of this machine. */
export const realProcesses: ProcessList = {
  pid: Deno.pid,
  space: pidSpace(),
  isThere(pid) {
    try {
      return kill(pid, 0);
    } catch (error) {
      // EPERM: it is there, and somebody else's.
      return !(error instanceof Error && "code" in error && error.code === "ESRCH");
    }
  },
};

/** The number of the namespace of processes, on Linux. */
function pidSpace(): string {
  try {
    return /\d+/.exec(Deno.readLinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0"; // elsewhere there is one
  }
}
