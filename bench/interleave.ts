import { type BenchOptions, type Measurement, medianDetails, type Sample } from "./report.ts";

/** Somebody who can be measured in one row. */
export interface Contestant {
  readonly name: string;
  /** Why it cannot be measured here. */
  readonly absence?: string | undefined;
  run(): Promise<Sample>;
}

/**
 * Runs the contestants of one row in turn, as often as asked, so that whatever else the machine does
 * falls on all of them. Each turn begins with another contestant.
 */
export async function interleave(
  row: string,
  unit: string,
  contestants: readonly Contestant[],
  { runs, onProgress }: BenchOptions,
): Promise<Measurement[]> {
  const present = contestants.filter(({ absence }) => absence === undefined);
  const samples = new Map<Contestant, Sample[]>(contestants.map((one) => [one, []]));
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < present.length; i++) {
      const contestant = present[(i + run) % present.length] as Contestant;
      onProgress(`${row}, run ${run + 1} of ${runs}: ${contestant.name}`);
      samples.get(contestant)?.push(await contestant.run());
    }
  }
  return [...samples].map(([{ name, absence }, taken]) => ({
    row,
    contestant: name,
    unit,
    samples: taken.map(({ value }) => value),
    details: medianDetails(taken),
    ...(absence === undefined ? {} : { note: `not here: ${absence}` }),
  }));
}
