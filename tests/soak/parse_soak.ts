/** The command line of a soak. */
import { parseArgs } from "node:util";

/** How long, how, and where to. */
export interface SoakOptions {
  readonly minutes: number;
  /** Decides who comes and goes when. */
  readonly seed: number;
  /** Folder for what was measured. */
  readonly output: string;
}

/**
 * Reads the command line.
 *
 * @param now for the name of the folder
 * @throws {RangeError} when a value is none
 */
export function parseSoak(args: readonly string[], now: Date): SoakOptions {
  const date = now.toISOString().slice(0, 10);
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "30" },
      seed: { type: "string", default: "1" },
      output: { type: "string", default: `bench/results/soak-${date}` },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 0.5 && minutes <= 100_000)) {
    throw new RangeError(`Cannot use --minutes "${values.minutes}": wanted 0.5 to 100000`);
  }
  if (!/^\d{1,9}$/.test(values.seed)) {
    throw new RangeError(`Cannot use --seed "${values.seed}": wanted up to nine digits`);
  }
  return { minutes, seed: Number(values.seed), output: values.output };
}
