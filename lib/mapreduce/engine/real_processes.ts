import { kill } from "node:process";
import type { ProcessList } from "./work_folder.ts";

/** The processes of this machine. */
export const realProcesses: ProcessList = {
  pid: Deno.pid,
  isThere(pid) {
    try {
      return kill(pid, 0);
    } catch (error) {
      // EPERM: it is there, and somebody else's.
      return !(error instanceof Error && "code" in error && error.code === "ESRCH");
    }
  },
};
