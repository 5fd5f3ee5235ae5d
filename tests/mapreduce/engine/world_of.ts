/** A world for tests whose coordinator listens already. */
import type { JobResult } from "../../../lib/mapreduce/engine/job_result.ts";
import { Random } from "../../random.ts";
import { EngineWorld, randomTexts, type WorldOptions } from "./engine_world.ts";

/** The inputs, unless told otherwise. */
export const texts: readonly string[] = randomTexts(new Random(7), 8, 200);

/** A world whose coordinator listens. */
export async function worldOf(options: Partial<WorldOptions> = {}): Promise<{
  readonly world: EngineWorld;
  readonly result: Promise<JobResult>;
  readonly stop: () => void;
}> {
  const world = new EngineWorld({ texts, ...options });
  const run = world.start();
  await world.clock.advance(0);
  return { world, ...run };
}
