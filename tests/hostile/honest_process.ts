/**
 * Honest clients of one service, in a process of their own, so that what they measure is the server and
 * not the attacker: `deno run -A honest_process.ts SERVICE PORT TOKEN`. Each line of its input asks for
 * the latencies since the line before; at the end of the input they wait for what is due, and leave.
 */
import { Clients, type HonestEvent } from "./honest_clients.ts";

const [service = "", port = "", token = ""] = Deno.args;

function say(event: HonestEvent): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
}

const clients = await Clients.start(service, Number(port), token);
say({ type: "ready" });
for await (const part of Deno.stdin.readable) {
  for (const letter of part) if (letter === 0x0a) say({ type: "marked", ...clients.take() });
}
const { asked, faults } = await clients.end();
say({ type: "told", asked, faults });
