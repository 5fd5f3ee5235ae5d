import { type Game, otherPlayer, type Player } from "../game.ts";

/** What lies in the heaps, and who takes next. */
export interface Nim {
  readonly heaps: readonly number[];
  readonly toMove: Player;
}

/** Whoever takes the last one wins (normal play; Bouton 1901: lost for who moves at XOR 0). */
export const nim: Game<Nim> = {
  name: "nim",
  brief: "who takes the last one wins; a move is a heap and how many: 3 5",
  start: () => ({ heaps: [3, 5, 7], toMove: 0 }),
  toMove: ({ toMove }) => toMove,
  moves: ({ heaps }) =>
    heaps.flatMap((left, at) => Array.from({ length: left }, (_, i) => `${at + 1} ${i + 1}`)),
  check({ heaps }, typed) {
    const match = /^([1-3])[\s,:-]+(\d{1,2})$/.exec(typed.trim());
    const heap = Number(match?.[1]);
    const count = Number(match?.[2]);
    if (match === null || count === 0) {
      return { illegal: "wanted a heap from 1 to 3 and how many to take, such as 3 5" };
    }
    const left = heaps[heap - 1] ?? 0;
    if (count > left) return { illegal: `heap ${heap} has ${left}, not ${count}` };
    return { move: `${heap} ${count}` };
  },
  play({ heaps, toMove }, move) {
    const [heap = 0, count = 0] = move.split(" ").map(Number);
    return {
      heaps: heaps.map((left, at) => at === heap - 1 ? left - count : left),
      toMove: otherPlayer(toMove),
    };
  },
  outcome: ({ heaps, toMove }) =>
    heaps.some((left) => left > 0) ? undefined : { kind: "won", winner: otherPlayer(toMove) },
  view: ({ heaps }) =>
    heaps.map((left, at) => `  ${at + 1}: ${"|".repeat(left)}${left > 0 ? " " : ""}(${left})`),
};
