/** How much of a kind is let through. */
export interface FloodLimitOptions {
  /** How many at once. @default {20} */
  readonly burst?: number;
  /** How many per second in the long run. @default {5} */
  readonly perSecond?: number;
  /** How many kinds are told apart; the rest counts as one. @default {256} */
  readonly maxKeys?: number;
}

/** What was held back of one key. */
export interface HeldBack {
  readonly key: string;
  /** How many. */
  readonly count: number;
  /** When the first of them came, in nanoseconds of the clock that `take` was told. */
  readonly sinceNs: number;
}

interface Bucket {
  tokens: number;
  atNs: number;
  heldCount: number;
  heldSinceNs: number;
}

/** The key that stands for all above `maxKeys`. */
const OTHERS = "others";

/**
 * Lets a burst of a kind through, then holds back and counts. A bucket that ran dry opens again once
 * it is full, not at the first drop: otherwise each line of a flood would come with a summary of its
 * own. So a flood shows `burst` lines and one summary every `burst / perSecond` seconds.
 *
 * Pure: it is told the time.
 */
export class FloodLimit {
  readonly #burst: number;
  readonly #perNs: number;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ burst = 20, perSecond = 5, maxKeys = 256 }: FloodLimitOptions = {}) {
    this.#burst = burst;
    this.#perNs = perSecond / 1e9;
    this.#maxKeys = maxKeys;
  }

  /** Whether one more of `key` may pass at `nowNs`. Ask {@linkcode due} first. */
  take(key: string, nowNs: number): boolean {
    const bucket = this.#bucket(key, nowNs);
    this.#refill(bucket, nowNs);
    if (bucket.heldCount === 0 && bucket.tokens >= 1) {
      bucket.tokens--;
      return true;
    }
    if (bucket.heldCount++ === 0) bucket.heldSinceNs = nowNs;
    return false;
  }

  /** What was held back of keys that let through again at `nowNs`; they start anew. */
  due(nowNs: number): HeldBack[] {
    return this.#takeHeld((bucket) => {
      this.#refill(bucket, nowNs);
      return bucket.tokens >= this.#burst;
    });
  }

  /** All that is still held back, for the end. */
  drain(): HeldBack[] {
    return this.#takeHeld(() => true);
  }

  #takeHeld(isDue: (bucket: Bucket) => boolean): HeldBack[] {
    const held: HeldBack[] = [];
    for (const [key, bucket] of this.#buckets) {
      if (bucket.heldCount === 0 || !isDue(bucket)) continue;
      held.push({ key, count: bucket.heldCount, sinceNs: bucket.heldSinceNs });
      bucket.heldCount = 0;
    }
    return held;
  }

  #bucket(key: string, nowNs: number): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#maxKeys && key !== OTHERS) return this.#bucket(OTHERS, nowNs);
    const bucket = { tokens: this.#burst, atNs: nowNs, heldCount: 0, heldSinceNs: 0 };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #refill(bucket: Bucket, nowNs: number): void {
    const refill = (nowNs - bucket.atNs) * this.#perNs;
    bucket.tokens = Math.min(this.#burst, bucket.tokens + refill);
    bucket.atNs = nowNs;
  }
}
