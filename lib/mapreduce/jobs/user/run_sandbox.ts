/** The body of `tram mapreduce sandbox`: what a worker starts for a user's job. */
import { systemClock } from "../../../clock/system_clock.ts";
import { hostSandbox, type JobThread } from "./sandbox_host.ts";
import type { ThreadFrame } from "./sandbox_thread.ts";

/** How the thread is started that runs a job: it may do nothing but compute. */
export const THREAD_OPTIONS: WorkerOptions = { type: "module", deno: { permissions: "none" } };

/** Runs until standard input ends or the job has died; then ends the process, whatever runs in it. */
export async function runSandbox(): Promise<never> {
  await hostSandbox({
    clock: systemClock,
    input: Deno.stdin.readable,
    async write(bytes) {
      for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    },
    openThread,
    usedBytes: () => Deno.memoryUsage().rss,
  });
  Deno.exit(0);
}

function openThread(
  onFrame: (frame: ThreadFrame) => void,
  onFail: (message: string) => void,
): JobThread {
  const thread = new Worker(new URL("./sandbox_thread.ts", import.meta.url), THREAD_OPTIONS);
  thread.addEventListener("message", ({ data }: MessageEvent<ThreadFrame>) => onFrame(data));
  thread.addEventListener("error", (event) => {
    event.preventDefault();
    onFail(event.message);
  });
  return {
    post: (frame) => thread.postMessage(frame, [frame.payload.buffer]),
    end: () => thread.terminate(),
  };
}
