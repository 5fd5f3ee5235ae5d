/** What the JSON frames of relay mode say: see `protocol.ts` and `docs/protocol.md`, "Relay". */
import * as v from "valibot";
import type { Schema } from "../transport/parse_json.ts";
import { code, count, lineText, shortText, u32 } from "./schema_parts.ts";

function schema<T>(of: unknown): Schema<T> {
  return of as Schema<T>;
}

/** NUMBER: the seat that the client has. Pair k has the numbers 2k - 1 and 2k. */
export interface SeatNumber {
  readonly number: number;
  /** Game that is played, where one is. */
  readonly game?: string | undefined;
}
/** Checks a NUMBER. */
export const seatNumberSchema: Schema<SeatNumber> = schema(v.object({
  number: u32,
  game: v.optional(shortText),
}));

/** ROLE: what the seat may do now. */
export interface Role {
  /** `waiting`: nobody has ever sat on the other seat. */
  readonly role: "waiting" | "emitter" | "receiver";
  /** Messages that the pair has exchanged so far. */
  readonly turn: number;
  /** To a client that takes a seat: the last message that was relayed to it, if there is one. */
  readonly last?: string | undefined;
}
/** Checks a ROLE. */
export const roleSchema: Schema<Role> = schema(v.object({
  role: v.picklist(["waiting", "emitter", "receiver"]),
  turn: count,
  last: v.optional(lineText),
}));

/** MESSAGE: what the other seat has said. */
export interface Message {
  readonly number: number;
  /** Number of the message in its pair, from 1. */
  readonly turn: number;
  readonly text: string;
}
/** Checks a MESSAGE. */
export const messageSchema: Schema<Message> = v.object({
  number: u32,
  turn: count,
  text: lineText,
});

/** FIN: gives the seat up. */
export type Fin = Readonly<Record<string, never>>;
/** Checks a FIN. */
export const finSchema: Schema<Fin> = schema(v.object({}));

/** PEER_LEFT: the other seat has nobody. */
export interface PeerLeft {
  readonly number: number;
  /** `fin`: it was given up; `lost`: its line broke, and it is kept; `gone`: it is kept no longer. */
  readonly why: "fin" | "lost" | "gone";
  /** How long it is kept, in milliseconds. */
  readonly keptMs?: number | undefined;
}
/** Checks a PEER_LEFT. */
export const peerLeftSchema: Schema<PeerLeft> = schema(v.object({
  number: u32,
  why: v.picklist(["fin", "lost", "gone"]),
  keptMs: v.optional(count),
}));

/** PEER: the other seat has somebody: a new client, or the one that was lost. */
export interface Peer {
  readonly number: number;
  readonly what: "joined" | "back";
}
/** Checks a PEER. */
export const peerSchema: Schema<Peer> = v.object({
  number: u32,
  what: v.picklist(["joined", "back"]),
});

/** EXIT: the server ends; the client ends too. */
export interface Exit {
  readonly reason: string;
}
/** Checks an EXIT. */
export const exitSchema: Schema<Exit> = v.object({ reason: shortText });

/**
 * VERDICT: what the rules say of a game, to both: `stalled` (connected, but does not move), `gone`
 * (its line is lost), `flag-fallen`, `won`, `drawn`, `abandoned`. What is not legal is REFUSED.
 */
export interface Verdict {
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** Seat that it is about. */
  readonly number?: number | undefined;
  /** Seat that has won, where the game is over and somebody has. */
  readonly winner?: number | undefined;
  /** Whether the game is over. */
  readonly isOver: boolean;
}
/** Checks a VERDICT. */
export const verdictSchema: Schema<Verdict> = schema(v.object({
  code,
  message: shortText,
  number: v.optional(u32),
  winner: v.optional(u32),
  isOver: v.boolean(),
}));

/** STATE: the position of a game. */
export interface State {
  /** Lines to print. */
  readonly view: readonly string[];
  /** Moves that are legal now, as they are typed; left out when there are many. */
  readonly moves?: readonly string[] | undefined;
  /** What is left on the clocks, by seat of the pair (0, 1), in milliseconds. */
  readonly clocksMs?: readonly number[] | undefined;
}
/** Checks a STATE. */
export const stateSchema: Schema<State> = schema(v.object({
  view: v.pipe(v.array(shortText), v.maxLength(100)),
  moves: v.optional(v.pipe(v.array(shortText), v.maxLength(200))),
  clocksMs: v.optional(v.pipe(v.array(count), v.maxLength(2))),
}));
