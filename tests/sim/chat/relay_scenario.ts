/** Pairs that take turns at tic-tac-toe; see {@linkcode RELAY}. */
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import type { ChatClient } from "../../../lib/chat/client/chat_client.ts";
import { KEPT_MS } from "../../../lib/chat/relay/pair.ts";
import { RelaySeat } from "../../../lib/chat/relay/relay_seat.ts";
import type { Random } from "../../random.ts";
import type { FaultKind } from "../core/fault.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { diskBugs, RELAY_BUGS } from "./chat_bugs.ts";
import { ChatDisk } from "./chat_disk.ts";
import { ChatSite } from "./chat_site.ts";
import { ChatUser } from "./chat_user.ts";
import { endChat } from "./end_chat.ts";
import { RelayWitness } from "./relay_witness.ts";

const FAULTS_MS = 40_000;
const PORT = 7803;
const NAMES = ["ada", "bob", "cy", "dan"] as const;

const KINDS: readonly FaultKind[] = [
  ...(["cut", "vanish", "stall", "part", "slow-line", "freeze"] as const),
  ...(["kill", "kill", "power", "slow-disk", "full-disk", "step", "drift"] as const),
];

/** One or two pairs that play one game after the other. */
export const RELAY: Scenario = {
  name: "relay",
  about: "pairs that take turns at tic-tac-toe: a server, two to four clients",
  menus: [
    { machine: "server", kinds: [...KINDS, "full-disk", "slow-disk", "storm"], weight: 2 },
    { machine: "ada", kinds: KINDS },
    { machine: "bob", kinds: KINDS },
  ],
  faultsMs: FAULTS_MS,
  bugs: RELAY_BUGS,
  run,
};

async function run(sim: Sim): Promise<void> {
  const random = sim.stream("relay");
  const witness = new RelayWitness(sim);
  const disk = new ChatDisk(witness, random.oneIn(2) ? 0 : random.between(1, 20), diskBugs(sim));
  const clock = random.pick([undefined, 5000, 60_000]);
  const site = new ChatSite(sim, {
    port: PORT,
    disk,
    flags: { mode: "relay", game: "tictactoe", clock },
    leaksBuffers: sim.hasBug("leaked buffers"),
  });
  const players = NAMES.slice(0, random.between(2, 4)).map((name) => {
    return new Player(sim, witness, name, random.pick([300, 1000, 3000]));
  });
  const users = players.map(({ user }) => user);
  for (const { machine } of [site, ...users]) await machine.start();
  await sim.play(FAULTS_MS);
  for (const player of players) player.isOver = true;
  await endChat(sim, site, users, () => {
    for (const player of players) player.checkBoard();
  }, () => {
    // Whoever sits at a line that is half-open sees so after three or four heartbeats; a seat that
    // nobody comes back to is kept for a while.
    const quietMs = Math.max(FAULTS_MS + 25_000, witness.lastMs + KEPT_MS + 1000);
    return witness.nowMs < quietMs ? "it is not quiet" : undefined;
  });
  witness.check();
}

/** Somebody who plays any move that may be played, and now and then one that may not. */
class Player {
  readonly user: ChatUser;
  isOver = false;
  readonly #sim: Sim;
  readonly #witness: RelayWitness;
  readonly #random: Random;
  readonly #thinkMs: number;
  #seat = 0;
  #moves: readonly string[] = [];
  #view: readonly string[] = [];
  /** The last message. */
  #before: ChatEvent | undefined;

  constructor(sim: Sim, witness: RelayWitness, name: string, thinkMs: number) {
    this.#sim = sim;
    this.#witness = witness;
    this.#thinkMs = thinkMs;
    this.#random = sim.stream(`player ${name}`);
    this.user = new ChatUser(sim, witness, {
      ...{ name, port: PORT, rooms: [], last: 1, screenMs: 0, maxWaiting: 20 },
      parts: (_, client) => {
        const seat = new RelaySeat({
          emit: (event) => this.#emit(client, event),
          say: (where, text) => this.user.type(client, where, text),
          waiting: () => client.waiting,
        });
        return { part: seat, end: () => Promise.resolve() };
      },
      onEvent: (event) => this.#on(event),
    });
    this.#play();
  }

  /** All is said: what is on the screen is what is stored. */
  checkBoard(): void {
    const shown = this.#view.slice(1, 4).map((row) => row.slice(4).replaceAll(" ", "")).join("");
    const board = this.#witness.boardOf(this.#seat);
    const signs = [...shown].map((sign) => sign === ".").join();
    const stored = [...board].map((sign) => sign === ".").join();
    this.#sim.check(
      "oracle",
      this.#view.length === 0 || signs === stored,
      () => `${this.user.name} sees ${shown}, and ${board} is stored`,
    );
  }

  #emit(client: ChatClient, event: ChatEvent): void {
    if (event.type === "message" && this.#sim.hasBug("echoed messages")) {
      if (this.#before !== undefined) client.emit(this.#before);
      this.#before = event;
    }
    client.emit(event);
  }

  #on(event: ChatEvent): void {
    this.#witness.told(this.user.name, this.user.author, this.#seat, event);
    if (event.type === "number") {
      if (event.number !== this.#seat) {
        this.#sim.note(`${this.user.name} has seat ${event.number}`);
        this.#view = [];
      } else this.#sim.count("seats found again");
      this.#seat = event.number;
    } else if (event.type === "state") {
      this.#view = event.view;
      this.#moves = event.moves ?? [];
    } else if (event.type === "role" && event.role !== "emitter") this.#moves = [];
  }

  #play(): void {
    this.#sim.clock.after(this.#random.between(1, 2 * this.#thinkMs), () => {
      if (this.isOver) return;
      const what = this.#random.below(100);
      if (what < 2) this.user.quit();
      this.user.act((client) => {
        if (!client.isConnected || client.waiting > (what < 10 ? 5 : 0)) return;
        const isWild = what < 20;
        if (this.#moves.length === 0 && !isWild) return;
        const move = this.#random.pick(isWild ? ["a1", "b2", "c3", "d4", "hello"] : this.#moves);
        this.user.type(client, "", move);
      });
      this.#play();
    });
  }
}
