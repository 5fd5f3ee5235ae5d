/** What a job is, for the engine: tasks over inputs, and a text that only the runner understands. */
import { createHash } from "node:crypto";
import type { Input } from "../input/input.ts";
import type { MapTask } from "../input/split.ts";

/** A job that is ready to run. */
export interface JobPlan {
  /** What to do with records: JSON of the jobs, handed to the runner as it is. */
  readonly job: string;
  readonly inputs: readonly Input[];
  readonly tasks: readonly MapTask[];
  readonly partitions: number;
  /** What becomes of a map task that cannot be done: it is left out and named, or the job fails. */
  readonly onError: "skip" | "fail";
  /**
   * Longest time for which a step may give no sign of life although it is well, in milliseconds.
   * @default {0}
   */
  readonly silenceMs?: number;
}

/**
 * SHA-256, in hex, of all that makes the output what it is: two plans with the same one give the same.
 *
 * @param version see `ENGINE_VERSION`: parts that another tram has made may be cut into other words
 */
export function planFingerprint(
  { job, inputs, tasks, partitions, onError }: JobPlan,
  version: string,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([2, version, job, partitions, onError]));
  for (const input of inputs) hash.update(JSON.stringify([input.name, input.size, input.identity]));
  for (const { splits } of tasks) {
    hash.update(JSON.stringify(splits.map(({ input, startByte, endByte, format, isGzip }) => [
      ...[input, startByte, endByte, format, isGzip],
    ])));
  }
  return hash.digest("hex");
}
