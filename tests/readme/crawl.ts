/** Inputs of the stories about mapreduce: a page of a real crawl, and generated ones. */
import { concat } from "@std/bytes/concat";
import { fromSource } from "../e2e/root.ts";
import { generateWet } from "../mapreduce/generate_wet.ts";
import type { World } from "./world.ts";

const PAGE = fromSource("tests/mapreduce/fixtures/whirlwind.warc.wet.gz");

/** Bytes of what is generated, unpacked: it takes longer to make than to count. */
const BYTES = 1_500_000;

/** The page, as it is stored. */
export function page(): Uint8Array {
  return Deno.readFileSync(PAGE);
}

/** The page so many times. */
export function pages(count: number): Uint8Array {
  return concat(Array.from({ length: count }, page));
}

/** A generated file that holds each of its records so often. */
export function generated(seed: number, times: number): Uint8Array {
  const [head = new Uint8Array(), ...records] = generateWet({
    ...{ seed, bytes: BYTES, members: "record", vocabulary: 2000 },
  });
  return concat([head, ...Array.from({ length: times }, () => records).flat()]);
}

/** Makes a folder with the page and three generated files. @param times as above */
export async function writeCrawl(world: World, folder: string, times: number): Promise<void> {
  await world.write(`${folder}/a.warc.wet.gz`, page());
  for (const seed of [1, 2, 3]) {
    await world.write(`${folder}/b${seed}.warc.wet.gz`, generated(seed, times));
  }
}
