/**
 * Makes every attack on every service, and prints what it cost as a table:
 * `deno run -A tests/hostile/main.ts [--size 5] [--attack PATTERN] [SERVICE...]`.
 */
import { parseArgs } from "node:util";
import { play, SERVICES } from "./play.ts";
import { tableOf } from "./table.ts";
import type { AttackRow } from "./attack.ts";

const { values, positionals } = parseArgs({
  options: {
    size: { type: "string", default: "5" },
    attack: { type: "string", default: "" },
  },
  allowPositionals: true,
});
const all = SERVICES;
const rows: AttackRow[] = [];
const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
for (const service of positionals.length > 0 ? positionals : all) {
  await play(service, Number(values.size), async (title, act) => {
    if (!new RegExp(values.attack).test(title)) return;
    Deno.stderr.writeSync(new TextEncoder().encode(`${service}: ${title}\n`));
    await act();
  }, rows);
}
print(tableOf(rows));
