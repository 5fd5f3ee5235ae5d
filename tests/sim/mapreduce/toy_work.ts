import { toyOracle, toyPlan } from "../../mapreduce/engine/toy_job.ts";
import { InputError, type InputSource } from "../../../lib/mapreduce/input/input_source.ts";
import type { JobPlan } from "../../../lib/mapreduce/engine/job_plan.ts";
import type { Sim } from "../core/sim.ts";

/** How a run is to end. */
export type Fate = "done" | "unreadable" | "left-out" | "full" | "alone";

/** What a seed gives to do. */
export interface ToyWork {
  readonly texts: readonly string[];
  readonly partitions: number;
  readonly plan: JobPlan;
  /**
   * `unreadable`: an input that nobody can read; `left-out`: the same, and the job goes on without it;
   * `full`: a disk that stays full; `alone`: no worker ever comes.
   */
  readonly fate: Fate;
  /** Number of the input that nobody can read. */
  readonly unreadable: number | undefined;
  /** Whether outputs are large, for what they are given. */
  readonly isLarge: boolean;
  /** Whether attempts hang and throw. */
  readonly isTroubled: boolean;
  /** The longest that an attempt takes when all is well, in milliseconds. */
  readonly mostMs: number;
}

/** Draws what there is to do. */
export function toyWork(sim: Sim): ToyWork {
  const random = sim.stream("work");
  const fates: Fate[] = ["unreadable", "left-out", "full", "alone"];
  const fate = random.oneIn(4) ? random.pick(fates) : "done";
  const isLarge = fate === "done" && random.oneIn(5);
  // Much to map, or much to reduce.
  const isWide = random.oneIn(2);
  const inputs = isLarge ? random.between(6, 10) : random.between(1, isWide ? 30 : 6);
  const partitions = isLarge ? random.between(1, 3) : random.between(1, isWide ? 4 : 14);
  const words = isLarge ? random.between(400, 600) : random.between(1, 80);
  const stem = "x".repeat(isLarge ? 250 : random.below(3));
  const texts = Array.from(
    { length: inputs },
    () => {
      const count = isLarge ? words : random.below(words) + 1;
      const kinds = isLarge ? 1e6 : words;
      return Array.from({ length: count }, () => `w${random.below(kinds)}${stem}`).join(" ");
    },
  );
  const isUnread = fate === "unreadable" || fate === "left-out";
  const onError = fate === "left-out" ? "skip" : "fail";
  return {
    ...{ texts, partitions, fate, isLarge },
    plan: { ...toyPlan(texts, partitions), onError },
    unreadable: isUnread ? random.below(inputs) : undefined,
    isTroubled: random.oneIn(2),
    mostMs: random.pick([800, 3000, 9000]),
  };
}

/** An input as the coordinator has it. @throws {InputError} */
export function openToyInput(work: ToyWork, number: number, name: string): Promise<InputSource> {
  const text = work.texts[number];
  if (text === undefined || number === work.unreadable) {
    throw new InputError("unreadable", `Cannot read ${name}: permission denied`);
  }
  const bytes = new TextEncoder().encode(text);
  return Promise.resolve({
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** What the output must be when some inputs are left out. */
export function oracleOf({ texts, partitions }: ToyWork, lost: ReadonlySet<number>): string[] {
  return toyOracle(texts.map((text, number) => lost.has(number) ? "" : text), partitions);
}

/** How an output differs from what it should be, by the invariant that this breaks. */
export function difference(
  seen: string,
  expected: string,
): { readonly breaks: "once" | "order" | "oracle"; readonly what: string } | undefined {
  if (seen === expected) return undefined;
  const entries = (text: string) =>
    text.split("\n").filter((line) => line !== "").flatMap((line) => {
      const [word, places = ""] = line.split("\t");
      return places.split(",").map((place) => `${word} at ${place}`);
    });
  const keys = seen.split("\n").filter((line) => line !== "").map((line) => line.split("\t")[0]);
  const [was, should] = [entries(seen), entries(expected)];
  const doubled = was.find((entry, at) => was.indexOf(entry) !== at) ??
    keys.find((key, at) => keys.indexOf(key) !== at);
  if (doubled !== undefined) return { breaks: "once", what: `${doubled} is there twice` };
  const [have, want] = [new Set(was), new Set(should)];
  const missing = should.find((entry) => !have.has(entry));
  const added = was.find((entry) => !want.has(entry));
  if (missing !== undefined) return { breaks: "oracle", what: `${missing} is missing` };
  if (added !== undefined) return { breaks: "oracle", what: `${added} should not be there` };
  const at = was.findIndex((entry, i) => entry !== should[i]);
  return { breaks: "order", what: `${was[at]} is where ${should[at]} should be` };
}
