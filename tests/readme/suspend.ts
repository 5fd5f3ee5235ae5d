/** Lets a process stand still for a while. */
import { wait } from "../e2e/processes.ts";

/** Stops a process after `afterMs`, and lets it run again `lengthMs` later. */
export async function suspend(pid: number, afterMs: number, lengthMs: number): Promise<void> {
  await wait(afterMs);
  Deno.kill(pid, "SIGSTOP");
  await wait(lengthMs);
  Deno.kill(pid, "SIGCONT");
}
