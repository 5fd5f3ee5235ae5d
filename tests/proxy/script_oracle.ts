/**
 * What must come out of the proxy when all frames go in at the same moment: each copy gets a place
 * by its action alone, and the copies are sorted by place. Slow, and nothing like the proxy.
 */
import type { Action } from "./actions.ts";

/** A frame that goes in; its number is its position in the list. */
export interface SentFrame {
  readonly kind: number;
  readonly action: Action | undefined;
}

/** A copy that comes out. */
export interface ExpectedFrame {
  readonly number: number;
  readonly atMs: number;
}

interface Placed extends ExpectedFrame {
  /** Time, position in the stream, 1 for those that waited for it, own position, copy. */
  readonly place: readonly number[];
}

/** The frames that come out, in order, and when. */
export function expectedFrames(sent: readonly SentFrame[]): ExpectedFrame[] {
  const placed = sent.flatMap(({ kind, action }, number): Placed[] => {
    const inPlace = { number, atMs: 0, place: [0, number, 0, number, 0] };
    switch (kind < 0x20 ? undefined : action?.type) {
      case "drop":
        return [];
      case "delay":
        return [late(number, (action as { delayMs: number }).delayMs, 0)];
      case "duplicate": {
        const { times, delayMs } = action as { times: number; delayMs: number };
        return Array.from({ length: times + 1 }, (_, k) => late(number, k * delayMs, k));
      }
      case "hold": {
        const { untilIndex } = action as { untilIndex: number | "next" };
        const ofKind = sent.flatMap((frame, i) => frame.kind === kind ? [i] : []);
        const until = untilIndex === "next" ? ofKind.indexOf(number) + 1 : untilIndex;
        return [{ ...inPlace, place: [0, ofKind[until] ?? Infinity, 1, number, 0] }];
      }
      default:
        return [inPlace];
    }
  });
  placed.sort((a, b) => compare(a.place, b.place));
  return placed.map(({ number, atMs }) => ({ number, atMs }));
}

function late(number: number, delayMs: number, copy: number): Placed {
  return { number, atMs: delayMs, place: [delayMs, number, 0, number, copy] };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((part, at) => part !== b[at]);
  return i < 0 ? 0 : (a[i] as number) < (b[i] as number) ? -1 : 1;
}
