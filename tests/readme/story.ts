/** A story: sessions of the documents that belong together, and how their circumstances are made. */
import type { World } from "./world.ts";

/** Sessions that are run one after the other in one world. */
export interface Story {
  readonly name: string;
  /** Ids of the blocks that it runs; all of each. */
  readonly blocks: readonly string[];
  /** Whether it wants the machine for itself. @default {false} */
  readonly isMeasured?: boolean;
  play(world: World): Promise<void>;
}

/** Names a block. @param number within the heading, from 1 */
type BlockOf = (number: number) => string;

/** Ids of the blocks below a heading. */
export function below(file: string, heading: string): BlockOf {
  return (number) => `${file}: ${heading} ${number}`;
}
