/**
 * Sees what pairs of a relay do, and compares: with the rules as replays go through them, and with those
 * of tic-tac-toe once more, as plainly as they can be said.
 */
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import { type PairEvent, parsePairEvent } from "../../../lib/chat/relay/pair_event.ts";
import { replayPair } from "../../../lib/chat/relay/replay_pair.ts";
import type { ChatWrite, ChatWritten } from "../../../lib/chat/store/chat_request.ts";
import type { Posted } from "../../../lib/chat/store/chat_store.ts";
import type { Sim } from "../core/sim.ts";
import type { DiskWitness } from "./chat_disk.ts";
import type { UserWitness } from "./chat_user_options.ts";

const ROWS = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [
  2,
  4,
  6,
]];

/** How long what was told of a seat may be on its way when the seat is free again, in milliseconds. */
const MAX_ON_ITS_WAY_MS = 5000;

/** A pair, by what was stored of it. */
class Ledger {
  readonly texts: string[] = [];
  readonly said: { readonly seat: number; readonly text: string }[] = [];
  /** Authors on the two seats; 0: nobody. */
  readonly authors = [0, 0];
  /** Signs of the two seats, or dots. */
  board = "........."; // a1, b1, c1, a2, …
  #next: number | undefined;

  /** @returns what is wrong with an event */
  add(event: PairEvent): string | undefined {
    switch (event.type) {
      case "seated":
        if (this.authors[event.seat] !== 0) return "the seat is not free";
        this.authors[event.seat] = event.author;
        return undefined;
      case "left":
        this.authors[event.seat] = 0;
        return undefined;
      case "begun":
        if (this.#next !== undefined) return "a game goes on";
        this.board = ".........";
        this.#next = event.first;
        return undefined;
      case "over":
        return this.#over(event);
      case "said":
        this.said.push(event);
        return this.#say(event);
      default:
        return undefined;
    }
  }

  get #winner(): string | undefined {
    const row = ROWS.find(([a = 0, b = 0, c = 0]) => {
      const sign = this.board[a];
      return sign !== "." && sign === this.board[b] && sign === this.board[c];
    });
    return row && this.board[row[0] ?? 0];
  }

  #say({ seat, text }: { readonly seat: number; readonly text: string }): string | undefined {
    if (this.#next !== seat) return "it was not their turn";
    if (this.#winner !== undefined) return "the game was over";
    const cell = "abc".indexOf(text.charAt(0)) + 3 * (Number(text.charAt(1)) - 1);
    if (!/^[abc][123]$/.test(text) || this.board[cell] !== ".") return "the cell was not free";
    this.board = this.board.slice(0, cell) + "01".charAt(seat) + this.board.slice(cell + 1);
    this.#next = 1 - seat;
    return undefined;
  }

  #over({ outcome, winner }: Extract<PairEvent, { type: "over" }>): string | undefined {
    const won = this.#winner;
    this.#next = undefined;
    if (outcome === "won") return won === String(winner) ? undefined : `${won} has won`;
    if (won !== undefined) return `${won} has won`;
    if (outcome === "drawn" && this.board.includes(".")) return "there were free cells";
    return undefined;
  }
}

/** Sees all that pairs do. */
export class RelayWitness implements DiskWitness, UserWitness {
  readonly #sim: Sim;
  readonly #pairs = new Map<number, Ledger>();
  /** By author and sequence: whether it was taken. */
  readonly #sequences = new Map<string, boolean>();
  /** When somebody has left a seat, by author and seat. */
  readonly #leftMs = new Map<string, number>();
  /** The last turn that somebody was told of, by person and pair. */
  readonly #turns = new Map<string, number>();

  /** When something was committed last, in milliseconds of true time. */
  lastMs = 0;

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  /** Now, in milliseconds of true time. */
  get nowMs(): number {
    return this.#sim.clock.monotonicNs() / 1e6;
  }

  handed(): void {}
  typed(): void {}
  unread(): void {}
  shown(): void {}

  taken(_text: string, isSafe: boolean): void {
    if (isSafe) this.#sim.count("moves that are safe");
  }

  hasAll(): boolean {
    return true;
  }

  progress(): string {
    return "";
  }

  committed(write: ChatWrite, result: ChatWritten[ChatWrite["kind"]]): void {
    if (write.kind === "relay") return this.#add(write.pair, write.events);
    if (write.kind !== "append") return;
    for (const [at, { author, sequence, to }] of write.posts.entries()) {
      const { kind } = (result as readonly Posted[])[at] as Posted;
      if (kind === "repeated") {
        this.#sim.count("repeats that the store refuses");
        continue;
      }
      const key = `${author} ${sequence}`;
      this.#sim.check(
        "once",
        !this.#sequences.has(key),
        () => `${sequence} of ${author} comes again`,
      );
      this.#sequences.set(key, to.kind === "relay");
      if (to.kind === "relay") this.#add(to.pair, to.events);
    }
  }

  acknowledged(who: string, author: number, sequence: number, text: string): boolean {
    this.#sim.count("moves acknowledged");
    const there = this.#sequences.get(`${author} ${sequence}`);
    this.#sim.check(
      "kept",
      there !== undefined,
      () => `"${text}" was acknowledged to ${who} as ${sequence}, and is not in the store`,
    );
    return there ?? true;
  }

  /** Something was told to somebody. */
  told(who: string, author: number, seat: number, event: ChatEvent): void {
    if (event.type === "number") {
      const kept = this.#seatOf(author);
      const leftMs = this.#leftMs.get(`${author} ${event.number}`) ?? -Infinity;
      const isOnItsWay = this.nowMs - leftMs < MAX_ON_ITS_WAY_MS;
      this.#sim.check(
        "kept",
        kept === event.number || isOnItsWay,
        () => `${who} is told to be seat ${event.number}, and is ${kept} in the store`,
      );
    }
    if (event.type !== "message") return;
    const pair = Math.ceil(seat / 2);
    const { turn, text, number } = event;
    const said = this.#pairs.get(pair)?.said[turn - 1];
    const isThere = said !== undefined && said.text === text && 2 * pair - 1 + said.seat === number;
    this.#sim.check(
      "oracle",
      isThere,
      () => `${who} is told "${text}" as turn ${turn} by ${number}; it is "${said?.text}"`,
    );
    const key = `${who} ${pair} ${author}`;
    const last = this.#turns.get(key) ?? 0;
    this.#sim.check("order", turn > last, () => `${who} is told turn ${turn} after ${last}`);
    this.#turns.set(key, turn);
    this.#sim.count("messages told");
  }

  /** The board of a seat's pair, row by row. */
  boardOf(seat: number): string {
    return this.#pairs.get(Math.ceil(seat / 2))?.board ?? "";
  }

  /** Everything is over. */
  check(): void {
    for (const [pair, { texts, authors }] of this.#pairs) {
      for (const { number, event, problem } of replayPair(texts)) {
        this.#sim.check(
          "oracle",
          problem === undefined,
          () => `event ${number} of pair ${pair}, ${JSON.stringify(event)}: ${problem}`,
        );
      }
      const left = authors.filter((author) => author !== 0).join(", ");
      this.#sim.check("ends", left === "", () => `${left} still sits in pair ${pair}`);
    }
  }

  #seatOf(author: number): number | undefined {
    for (const [pair, { authors }] of this.#pairs) {
      const seat = authors.indexOf(author);
      if (seat >= 0) return 2 * pair - 1 + seat;
    }
    return undefined;
  }

  #add(pair: number, events: readonly string[]): void {
    this.lastMs = this.nowMs;
    const ledger = this.#pairs.get(pair) ?? new Ledger();
    this.#pairs.set(pair, ledger);
    for (const text of events) {
      const event = parsePairEvent(text);
      if (event.type === "left") {
        const seat = 2 * pair - 1 + event.seat;
        this.#leftMs.set(`${ledger.authors[event.seat]} ${seat}`, this.nowMs);
      }
      this.#sim.check("once", text !== ledger.texts.at(-1), () => `pair ${pair} has ${text} again`);
      ledger.texts.push(text);
      const problem = ledger.add(event);
      this.#sim.check("oracle", problem === undefined, () => `pair ${pair}, ${text}: ${problem}`);
      this.#sim.count(event.type === "over" ? `games ${event.outcome}` : `events ${event.type}`);
    }
  }
}
