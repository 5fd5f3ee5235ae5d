/**
 * A prompt on this terminal. A line `write COUNT` writes as many lines above, one each 5 ms; others
 * are shown, with their length. ^C and ^D end it; `!exit` ends the process on the spot.
 */
import { Prompt } from "../../lib/terminal/prompt.ts";
import { realContext } from "../../lib/real_context.ts";

const { clock, process: { stdin, stdout: output } } = realContext();
let why = "";
const end = (reason: string) => {
  why = reason;
  prompt[Symbol.dispose]();
};
const prompt: Prompt = new Prompt({
  stdin,
  output,
  clock,
  onLine(line) {
    if (line === "!exit") Deno.exit(7);
    const count = Number(/^write (\d+)$/.exec(line)?.[1] ?? 0);
    for (let i = 1; i <= count; i++) clock.after(i * 5, () => prompt.write(`written ${i}\n`));
    if (count === 0) prompt.write(`${line.length}: ${line.slice(0, 20)}\n`);
  },
  onInterrupt: () => end("interrupted"),
  onEnd: () => end("end"),
});
prompt.setLabel("#lobby> ");
prompt.setStatus("#lobby · ada");
await prompt.done;
prompt.write(`ended: ${why}\n`);
Deno.exit(0);
