/** Tries in a thread, which has the permissions of a user's job, what a job cannot even name. */
import { THREAD_OPTIONS } from "../../lib/mapreduce/jobs/user/run_sandbox.ts";

const ATTEMPTS = [
  "Deno.readTextFileSync('/etc/passwd')",
  "Deno.writeTextFileSync('/tmp/tram-test-never', '')",
  "Deno.env.toObject()",
  "Deno.connect({ port: 9 })",
  "Deno.listen({ port: 0 })",
  "new Deno.Command('id').outputSync()",
  "Deno.dlopen('libc.so.6', {})",
  "process.getBuiltinModule('node:fs').readdirSync('/')",
];
const source = ATTEMPTS.map((attempt) =>
  `try { await ${attempt}; refused.push("done"); } catch (error) { refused.push(error.name); }\n`
);
const thread = new Worker(
  `data:text/javascript,${
    encodeURIComponent(`const refused = [];\n${source.join("")}postMessage(refused);`)
  }`,
  THREAD_OPTIONS,
);
thread.onmessage = ({ data }) => {
  Deno.stdout.writeSync(new TextEncoder().encode(`${data.join(" ")}\n`));
  thread.terminate();
};
