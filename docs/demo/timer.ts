/** Measures the way to a server: `deno run timer.ts FOLDER PORT PID`. */
import { given, say, show, wait } from "./tram.ts";

/** How long the server is stopped, and how long after the start of the client, in milliseconds. */
const STOP_MS = 500;
const STOP_AFTER_MS = 2500;

const [port = "", pid = ""] = given;
const ping = ["timer", "ping", "--port", port];

/** The server does not run for a moment, and nobody hears from it. */
async function stopForAMoment(): Promise<void> {
  await wait(STOP_AFTER_MS);
  Deno.kill(Number(pid), "SIGSTOP");
  await wait(STOP_MS);
  Deno.kill(Number(pid), "SIGCONT");
}

say("== timer: how long is the way there and back? ==\n");
say(`$ tram timer serve --port 0\nlistening on 127.0.0.1:${port}\n`);
say("-- One request when the one before is answered, small ones and large ones.\n");
await show([...ping, "--duration", "2s", "--hdr", "small.hlog"]);
await show([...ping, "--duration", "2s", "--hdr", "large.hlog", "--size", "64KiB"]);
say("-- How the two differ, and how sure that is.\n");
await show(["timer", "compare", "small.hlog", "large.hlog"]);
if (Deno.build.os !== "windows") {
  say("-- 2,000 requests a second, whatever happens; the server is stopped for half a second.\n");
  // A rate that a busy machine cannot keep is a result, too: 3.
  const measured = show([...ping, "--rate", "2000", "--duration", "4s"], [0, 3]);
  await Promise.all([measured, stopForAMoment()]);
}
