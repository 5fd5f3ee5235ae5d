/**
 * A process that writes COUNT numbered lines of 64 bytes to standard output at once, says so on
 * standard error, and ends when all is read: `deno run -A unread_output_process.ts COUNT`.
 */
import { realContext } from "../../lib/real_context.ts";

const context = realContext();
const { stdout, stderr } = context.process;
for (let at = 0; at < Number(Deno.args[0]); at++) stdout.write(`${at} `.padEnd(63, "x") + "\n");
stderr.write("written\n");
setTimeout(async () => { // by then somebody reads
  stdout.write("last\n");
  await context.drained();
  Deno.exit(0);
}, 1000);
