/** Says what comes next: `deno run say.ts LINE…`. */
const text = `\n${Deno.args.join("\n")}\n\n`;
Deno.stdout.writeSync(new TextEncoder().encode(text));
