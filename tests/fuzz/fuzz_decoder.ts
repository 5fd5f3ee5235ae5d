/**
 * Feeds bad streams to the decoder until the time is over: `deno task fuzz [--seconds N] [--seed N]
 * [--count N]`. Case `i` has seed `seed + i`, so `--seed S --count 1` runs a single case again.
 */
import { parseArgs } from "node:util";
import { formatCase, makeCase, runCase } from "./fuzz_core.ts";

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) {
    throw new RangeError(`Cannot use --${name} "${text}": not a number`);
  }
  return Number(text);
}

/** Runs cases. @returns whether all passed */
function fuzz(seed: number, seconds: number, count: number): boolean {
  const ends = new Map<string, number>();
  const start = performance.now();
  let cases = 0;
  let frames = 0;
  let messages = 0;
  print(`seed ${seed}`);
  while (cases < count && performance.now() - start < seconds * 1000) {
    const fuzzCase = makeCase(seed + cases);
    try {
      const result = runCase(fuzzCase);
      frames += result.frames;
      messages += result.messages;
      const end = result.errorCode ?? "end of stream";
      ends.set(end, (ends.get(end) ?? 0) + 1);
    } catch (error) {
      print(error instanceof Error ? error.stack ?? error.message : String(error));
      print(formatCase(fuzzCase));
      print(`FAILED; run it again with: deno task fuzz --seed ${seed + cases} --count 1`);
      return false;
    }
    cases++;
  }
  const elapsed = (performance.now() - start) / 1000;
  for (const [end, times] of [...ends].sort(([, a], [, b]) => b - a)) print(`${times} x ${end}`);
  print(
    `${cases} cases (${frames} frames, ${messages} good messages) in ${elapsed.toFixed(1)} s: ` +
      `${Math.round(cases / elapsed)} executions/s`,
  );
  return true;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "30" },
      seed: { type: "string", default: String(Date.now() % 2 ** 32) },
      count: { type: "string", default: "9999999999" },
    },
  });
  const passed = fuzz(
    wholeNumber("seed", values.seed),
    wholeNumber("seconds", values.seconds),
    wholeNumber("count", values.count),
  );
  if (!passed) Deno.exitCode = 1;
}
