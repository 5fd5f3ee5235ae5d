/** Shows the lines of standard input: up to `stop` as the first reader's, then as the second's. */
import { realContext } from "../../lib/real_context.ts";
import { readLines } from "../../lib/terminal/read_lines.ts";

const { process: { stdin, stdout }, drained } = realContext();
const controller = new AbortController();
for await (const line of readLines(stdin, controller.signal)) {
  stdout.write(`first: ${line}\n`);
  // Later, so that it waits for more by then.
  if (line === "stop") setTimeout(() => controller.abort(), 50);
}
stdout.write("stopped\n");
for await (const line of readLines(stdin, new AbortController().signal)) {
  stdout.write(`second: ${line}\n`);
}
stdout.write(stdin.isTerminal ? "typed\n" : "not typed\n");
await drained();
Deno.exit(0);
