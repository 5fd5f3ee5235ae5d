/** Scripts say which frames an {@linkcode Action} is for. */
import { Random } from "../random.ts";
import type { Action } from "./actions.ts";

/** From the client to the server, or back. */
export type Direction = "there" | "back";

/** What a script knows of a frame. */
export interface FrameFacts {
  /** Which of the proxy's connections it is on, in the order they were accepted, from 0. */
  readonly connection: number;
  readonly direction: Direction;
  /** 0x20 to 0xff: nobody is asked about the transport's own frames. */
  readonly kind: number;
  /** How many frames of this kind went before it in this direction of this connection. */
  readonly index: number;
  /** When it was read, in nanoseconds of the proxy's clock. */
  readonly readNs: number;
  /** Valid during the call. */
  readonly payload: Uint8Array;
}

/** Says what happens to a frame; `undefined` lets it pass in its place. */
export type Script = (frame: FrameFacts) => Action | undefined;

/** One script for all kinds, or one for each kind that is meant: `{ 0x21: at([3], drop) }`. */
export type DirectionRules = Script | { readonly [kind: number]: Script };

/** Rules for both directions. */
export type Rules = { readonly [D in Direction]?: DirectionRules };

/** For the frames with these indices. */
export function at(indices: readonly number[], action: Action): Script {
  const chosen = new Set(indices);
  return ({ index }) => chosen.has(index) ? action : undefined;
}

/** For each `n`-th frame: indices n - 1, 2n - 1 and so on. */
export function every(n: number, action: Action): Script {
  return ({ index }) => index % n === n - 1 ? action : undefined;
}

/**
 * For a random choice of frames. It is a function of the seed and of the frame's place alone, so it
 * is the same again however connections, directions and kinds take turns.
 *
 * @param probability 0 to 1
 */
export function chance(seed: number, probability: number, action: Action): Script {
  return ({ connection, direction, kind, index }) => {
    let mixed = seed;
    for (const part of [connection, direction === "there" ? 1 : 2, kind, index]) {
      mixed = new Random(mixed ^ part).uint32();
    }
    return mixed < probability * 2 ** 32 ? action : undefined;
  };
}

/** What the first of `scripts` says that says anything. */
export function firstOf(...scripts: readonly Script[]): Script {
  return (frame) => {
    for (const script of scripts) {
      const action = script(frame);
      if (action !== undefined) return action;
    }
    return undefined;
  };
}

/** Asks the script that is meant for the kind of `frame`. */
export function decide(
  rules: DirectionRules | undefined,
  frame: FrameFacts,
): Action | undefined {
  const script = typeof rules === "function" ? rules : rules?.[frame.kind];
  return script?.(frame);
}
