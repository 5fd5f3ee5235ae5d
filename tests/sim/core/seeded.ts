import { Random } from "../../random.ts";

/**
 * Runs `body` while what the runtime has of chance (ids, keys, jitter) comes from a seed. One at a time.
 */
export async function seeded<T>(seed: number, body: () => Promise<T>): Promise<T> {
  const random = new Random(seed ^ 0x0dd5);
  const fill = <A extends ArrayBufferView | null>(array: A): A => {
    if (array === null) return array;
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.uint32();
    return array;
  };
  const saved = { random: Math.random, getRandomValues: crypto.getRandomValues };
  Math.random = () => random.uint32() / 2 ** 32;
  crypto.getRandomValues = fill as typeof crypto.getRandomValues;
  try {
    return await body();
  } finally {
    Math.random = saved.random;
    crypto.getRandomValues = saved.getRandomValues;
  }
}
