/** Pairs of `chat` that play: lines are cut, seats given up and taken again. */
import { DatabaseSync } from "node:sqlite";
import type { Token } from "../../lib/transport/token.ts";
import { Random } from "../random.ts";
import { LatencyLog } from "./latency_log.ts";
import { latencyOf, type Part, until } from "./part.ts";
import type { Programs } from "./program.ts";
import { RelayPlayer } from "./relay_player.ts";

const PLAYERS = 8;

/** What a {@linkcode RelayPart} needs. */
interface RelayPartOptions {
  readonly port: number;
  readonly token: Token;
  readonly programs: Programs;
  /** The server's file. */
  readonly store: string;
  readonly seed: number;
}

/** The load of `chat` as a relay. */
export class RelayPart implements Part {
  readonly #counts = { "relay cuts": 0, "relay fins": 0 };
  readonly #options: RelayPartOptions;
  readonly #log = new LatencyLog();
  readonly #players: RelayPlayer[] = [];
  readonly #away = new Set<RelayPlayer>();
  readonly #faults: string[] = [];

  /** Nobody yet. */
  constructor(options: RelayPartOptions) {
    this.#options = options;
    const { port, token, seed } = options;
    for (let number = 1; number <= PLAYERS; number++) {
      const random = new Random(seed + number);
      const nick = `player-${number}`;
      this.#players.push(new RelayPlayer({ port, token, nick, random, log: this.#log }));
    }
  }

  get counts(): Readonly<Record<string, number>> {
    const sum = (of: (player: RelayPlayer) => number) =>
      this.#players.reduce((total, player) => total + of(player), 0);
    return {
      ...this.#counts,
      "relay moves": sum(({ moves, counts }) => moves - counts.refused),
      "relay games": sum(({ counts }) => counts.games) / 2,
      "relay refusals": sum(({ counts }) => counts.refused),
    };
  }

  /** All sit down. */
  async start(): Promise<void> {
    for (const player of this.#players) player.come();
    await this.settle();
  }

  churn(random: Random): void {
    if (!random.oneIn(5)) return;
    const player = random.pick(this.#players);
    if (this.#away.has(player) || !player.isSettled) return;
    if (random.oneIn(2)) {
      this.#counts["relay cuts"]++;
      player.network.cut(); // it comes back by itself, to its seat
      return;
    }
    this.#counts["relay fins"]++;
    this.#away.add(player);
    player.leave().then(() =>
      setTimeout(() => {
        this.#away.delete(player);
        player.come();
      }, random.between(200, 3000))
    );
  }

  async settle(): Promise<void> {
    const isThere = () => this.#away.size === 0 && this.#players.every(({ isReady }) => isReady);
    this.#faults.push(...await until("all players of relay have seats", isThere));
  }

  latencies() {
    return latencyOf("relay", this.#log.take());
  }

  async finish(): Promise<string[]> {
    await this.settle();
    for (const player of this.#players) player.pause();
    const isSettled = () => this.#players.every((player) => player.isSettled);
    this.#faults.push(...await until("all moves are with the server", isSettled));
    for (const player of this.#players) await player.leave();
    this.#faults.push(...this.#players.flatMap(({ faults }) => faults));
    return this.#faults;
  }

  /** Every move that was taken is there, and legal: `chat replay` plays each game again. */
  async check(): Promise<string[]> {
    const { store } = this.#options;
    const faults: string[] = [];
    const db = new DatabaseSync(store, { readOnly: true });
    try {
      const said = db.prepare(
        `SELECT count(*) AS count FROM pair_events WHERE json_extract(event, '$.type') = 'said'`,
      ).get();
      const { "relay moves": moves } = this.counts;
      if (said?.count !== moves) {
        faults.push(`players made ${moves} moves, ${said?.count} are in the store`);
      }
      for (const { number } of db.prepare("SELECT number FROM pairs").all()) {
        faults.push(...await this.#replay(String(number)));
      }
    } finally {
      db.close();
    }
    return faults;
  }

  async #replay(pair: string): Promise<string[]> {
    const { programs, store } = this.#options;
    let last = "";
    const onLine = (line: string) => void (last = line);
    const replay = programs.start(["chat", "replay", store, pair], { onLine, onErrorLine: onLine });
    const code = await replay.ended;
    return code === 0 ? [] : [`the replay of pair ${pair} ended with ${code}: ${last}`];
  }
}
