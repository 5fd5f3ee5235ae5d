/**
 * `deno task demo`: runs the launch file `demo/demo.toml` with this very Deno, whatever else is on the
 * path, and without settings of the user. Its arguments are those of tram.
 */
import { runTram } from "../lib/app.ts";
import { realContext } from "../lib/real_context.ts";

const folder = Deno.execPath().replace(/[\\/][^\\/]*$/, "");
const separator = Deno.build.os === "windows" ? ";" : ":";
Deno.env.set("PATH", `${folder}${separator}${Deno.env.get("PATH") ?? ""}`);
Deno.env.set("TRAM_CONFIG", "none");
const context = realContext();
await runTram(Deno.args, context);
await context.drained();
Deno.exit(Number(context.process.exitCode ?? 0));
