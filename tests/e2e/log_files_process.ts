/**
 * A process that logs COUNT numbered records to DIR/a.log and ends as ENDING says:
 * `deno run -A log_files_process.ts DIR COUNT ENDING`.
 */
import { parseLogLevels } from "../../lib/log/log_levels.ts";
import { openLog } from "../../lib/log/open_log.ts";
import { realContext } from "../../lib/real_context.ts";

const [folder, count, ending] = Deno.args;
const context = realContext();
const { stdout } = context.process;
const log = await openLog({
  context,
  service: "timer-serve",
  id: "7",
  levels: parseLogLevels("info"),
  file: `${folder}/a.log`,
  stderrLevel: "warn",
});
for (let at = 0; at < Number(count); at++) log.info(`${at} ${"x".repeat(60)}`);

/** Keeps the process alive until somebody ends it. */
function stay(): void {
  setInterval(() => {}, 1000);
}

switch (ending) {
  case "dispose":
    await log[Symbol.asyncDispose]();
    await context.drained();
    Deno.exit(0);
    break;
  case "return": // neither disposed nor exited: nothing of the log may keep it alive
    (await context.logFiles()).after(3_600_000, () => {});
    break;
  case "exit":
    Deno.exit(7);
    break;
  case "interrupt":
    context.signal.addEventListener("abort", () => stdout.write("interrupted\n"));
    stay();
    stdout.write("ready\n");
    break;
  case "throw":
    setTimeout(() => {
      throw new Error("on purpose");
    });
    break;
  case "reject":
    Promise.reject(new Error("on purpose"));
    break;
  case "top-level":
    throw new Error("on purpose");
  case "kill":
    Deno.kill(Deno.pid, "SIGKILL");
    break;
  case "kill-later":
    setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), 2000);
    break;
  case "kill-after-warning":
    log.warn("on purpose");
    Deno.kill(Deno.pid, "SIGKILL");
    break;
  default:
    throw new Error(`wanted a way to end, got "${ending}"`);
}
