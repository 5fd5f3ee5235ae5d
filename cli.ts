/** The executable: builds the real context, runs the command line, and ends with its status. */
import { runTram } from "./lib/app.ts";
import { realContext } from "./lib/real_context.ts";

if (import.meta.main) {
  const context = realContext();
  await runTram(Deno.args, context);
  await context.drained();
  Deno.exit(Number(context.process.exitCode ?? 0));
}
