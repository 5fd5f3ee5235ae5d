/** How much of a kind is let through. */
export interface FloodRate {
  /** How many at once. @default {20} */
  readonly burst?: number;
  /** How many per second in the long run. @default {5} */
  readonly perSecond?: number;
}

/** Options of a {@linkcode FloodLimit}; the rate is that of kinds which have none of their own. */
export interface FloodLimitOptions extends FloodRate {
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
  readonly burst: number;
  readonly perNs: number;
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
  readonly #rate: Required<FloodRate>;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ burst = 20, perSecond = 5, maxKeys = 256 }: FloodLimitOptions = {}) {
    this.#rate = { burst, perSecond };
    this.#maxKeys = maxKeys;
  }

  /**
   * Whether one more of `key` may pass at `nowNs`. Ask {@linkcode due} first.
   *
   * @param rate of this key, from its first time on
   */
  take(key: string, nowNs: number, rate: FloodRate = {}): boolean {
    const bucket = this.#bucket(key, nowNs, rate);
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
      return bucket.tokens >= bucket.burst;
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

  #bucket(key: string, nowNs: number, rate: FloodRate): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    if (this.#buckets.size >= this.#maxKeys && key !== OTHERS) {
      return this.#bucket(OTHERS, nowNs, {});
    }
    const { burst, perSecond } = { ...this.#rate, ...rate };
    const bucket = {
      ...{ burst, perNs: perSecond / 1e9 },
      ...{ tokens: burst, atNs: nowNs, heldCount: 0, heldSinceNs: 0 },
    };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #refill(bucket: Bucket, nowNs: number): void {
    const refill = (nowNs - bucket.atNs) * bucket.perNs;
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + refill);
    bucket.atNs = nowNs;
  }
}
