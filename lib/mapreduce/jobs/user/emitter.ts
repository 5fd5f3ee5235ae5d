import type { JobData } from "./define_job.ts";
import { PairBuffer } from "./pairs.ts";
import { MAX_EMITTED_BYTES } from "./sandbox_frames.ts";

/** Takes what a job emits at one request. */
export class Emitter {
  readonly pairs = new PairBuffer();
  /** More was emitted than may be: what is here is of no use. */
  isTooMuch = false;
  readonly #encoder = new TextEncoder();
  /** Whether values must be counts. */
  readonly #areCounts: boolean;

  constructor(areCounts: boolean) {
    this.#areCounts = areCounts;
  }

  /**
   * Takes a pair.
   *
   * @throws {TypeError} for what cannot be emitted
   * @throws {RangeError} beyond the limit
   */
  emit(key: unknown, value: unknown): void {
    if (this.#areCounts && !isCount(value)) {
      throw new TypeError(
        `Cannot emit the value ${shown(value)}: "sum" adds whole numbers from 0 to 2^53 - 1`,
      );
    }
    const { pairs } = this;
    const size = pairs.size;
    try {
      this.#add(key, "key");
      this.#add(value, "value");
    } catch (error) {
      pairs.truncate(size); // no key without its value
      throw error;
    }
    this.isTooMuch ||= pairs.size > MAX_EMITTED_BYTES;
    if (!this.isTooMuch) return;
    pairs.truncate(size);
    throw new RangeError(`Cannot emit more than ${MAX_EMITTED_BYTES} bytes for one record`);
  }

  #add(data: unknown, what: string): void {
    const isText = typeof data === "string";
    // Before memory is taken for it.
    if ((isText || data instanceof Uint8Array) && data.length > MAX_EMITTED_BYTES) {
      this.isTooMuch = true;
      return;
    }
    if (isText) this.pairs.addText(data);
    else if (typeof data === "number" && Number.isSafeInteger(data)) this.pairs.addText(`${data}`);
    else this.pairs.addBytes(this.bytesOf(data, what));
  }

  /** Bytes of what a job gave. @throws {TypeError} */
  bytesOf(data: unknown, what: string): Uint8Array {
    if (typeof data === "string") return this.#encoder.encode(data);
    if (data instanceof Uint8Array) return data;
    if (typeof data === "bigint" || Number.isSafeInteger(data)) {
      return this.#encoder.encode(String(data as JobData));
    }
    throw new TypeError(
      `Cannot emit the ${what} ${shown(data)}: a text, bytes, or a whole number is right`,
    );
  }
}

function isCount(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  if (typeof value === "bigint") return value >= 0n && value <= Number.MAX_SAFE_INTEGER;
  const text = value instanceof Uint8Array && value.length <= 16
    ? new TextDecoder().decode(value)
    : value;
  return typeof text === "string" && /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text));
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return value === null || typeof value !== "object" ? String(value) : `of type ${typeof value}`;
}
