/**
 * Turns the frames of one direction of one connection into what goes out instead, by its rules.
 * Pure: it is told the time, and answers with a list in order.
 */
import { FIRST_SERVICE_KIND, HEAD_BYTES, LENGTH_BYTES } from "../../lib/transport/frame.ts";
import type { Counters } from "./counters.ts";
import { decide, type Direction, type DirectionRules } from "./scripts.ts";

/** Something that goes out. */
export interface Release {
  /** `cut` ends the connection behind its bytes. */
  readonly type: "frame" | "bytes" | "cut";
  readonly bytes: Uint8Array;
  /** How much later than in its place, in milliseconds. */
  readonly delayMs: number;
}

interface Held {
  readonly frame: Uint8Array;
  readonly kind: number;
  readonly untilIndex: number;
}

/** Applies the rules of one direction of one connection. */
export class Sequencer {
  readonly #where: { readonly connection: number; readonly direction: Direction };
  readonly #counters: Counters;
  readonly #nextIndex = new Map<number, number>();
  #held: Held[] = [];

  /** @param where which direction of which connection this is */
  constructor(
    where: { readonly connection: number; readonly direction: Direction },
    counters: Counters,
  ) {
    this.#where = where;
    this.#counters = counters;
  }

  /** How many frames wait for another one. */
  get heldFrames(): number {
    return this.#held.length;
  }

  /**
   * What goes out for `frame`, and behind it the frames that waited for it.
   *
   * @throws {RangeError} when the script holds a frame until one that has passed, or corrupts a byte
   * that it does not have
   * @throws what the script throws
   */
  take(frame: Uint8Array, rules: DirectionRules | undefined, readNs: number): Release[] {
    const kind = frame[LENGTH_BYTES] as number;
    if (kind < FIRST_SERVICE_KIND) return [passed(frame)];
    const index = this.#nextIndex.get(kind) ?? 0;
    this.#nextIndex.set(kind, index + 1);
    const waited = this.#held.filter((held) => held.kind === kind && held.untilIndex === index);
    if (waited.length > 0) this.#held = this.#held.filter((held) => !waited.includes(held));
    const payload = frame.subarray(HEAD_BYTES);
    const action = decide(rules, { ...this.#where, kind, index, readNs, payload });
    const counters = this.#counters;
    const releases: Release[] = [];
    switch (action?.type) {
      case undefined:
        releases.push(passed(frame));
        break;
      case "drop":
        counters.dropped++;
        break;
      case "delay":
        counters.delayed++;
        releases.push({ ...passed(frame), delayMs: action.delayMs });
        break;
      case "duplicate":
        counters.duplicated += action.times;
        for (let k = 0; k <= action.times; k++) {
          releases.push({ ...passed(frame), delayMs: k * action.delayMs });
        }
        break;
      case "hold": {
        const untilIndex = action.untilIndex === "next" ? index + 1 : action.untilIndex;
        if (untilIndex <= index) {
          throw new RangeError(
            `Cannot hold frame ${index} of kind ${kind} until frame ${untilIndex}: it has passed`,
          );
        }
        counters.held++;
        this.#held.push({ frame, kind, untilIndex });
        break;
      }
      case "corrupt": {
        const at = action.at < 0 ? frame.length + action.at : action.at;
        const byte = frame[at];
        if (byte === undefined) {
          throw new RangeError(`Cannot corrupt byte ${at} of a frame of ${frame.length} bytes`);
        }
        frame[at] = byte ^ action.xor;
        counters.corrupted++;
        releases.push(passed(frame));
        break;
      }
      case "cut":
        counters.cuts++;
        counters.lost += 1 + waited.length;
        return [{ type: "cut", bytes: frame.subarray(0, action.keepBytes), delayMs: 0 }];
    }
    for (const held of waited) releases.push(passed(held.frame));
    return releases;
  }

  /** The frames that still wait, when what they wait for cannot come any more. */
  takeHeld(): Release[] {
    const held = this.#held;
    this.#held = [];
    return held.map(({ frame }) => passed(frame));
  }
}

function passed(frame: Uint8Array): Release {
  return { type: "frame", bytes: frame, delayMs: 0 };
}
