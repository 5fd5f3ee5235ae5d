/** Somebody who plays at a relay: legal moves, after a moment's thought, over all its connections. */
import { encodeSay, readAck } from "../../lib/chat/line_codec.ts";
import { type ChatKinds, chatService } from "../../lib/chat/protocol.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import { keepSession, type KeptSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import type { Token } from "../../lib/transport/token.ts";
import type { Random } from "../random.ts";
import { CutNetwork } from "./cut_network.ts";
import type { LatencyLog } from "./latency_log.ts";

const { kinds } = chatService;

/** What a {@linkcode RelayPlayer} is. */
interface RelayPlayerOptions {
  readonly port: number;
  readonly token: Token;
  readonly nick: string;
  readonly random: Random;
  /** Told how long each move took until it was acknowledged. */
  readonly log: LatencyLog;
}

/** One player; the session stays the same when it gives its seat up and comes back. */
export class RelayPlayer {
  readonly network = new CutNetwork();
  readonly faults: string[] = [];
  /** Moves that were not taken, and games that ended. */
  readonly counts = { refused: 0, games: 0 };
  readonly nick: string;
  readonly #options: RelayPlayerOptions;
  readonly #state = new MemoryState<string>();
  #stop = new AbortController();
  #kept: KeptSession | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #connection: Connection<ChatKinds> | undefined;
  #isSeated = false;
  #isPlaying = false;
  #moves: readonly string[] = [];
  #saidMs = 0;
  #thinking: ReturnType<typeof setTimeout> | undefined;

  /** Somebody who is not there yet. */
  constructor(options: RelayPlayerOptions) {
    this.#options = options;
    this.nick = options.nick;
  }

  /** Whether it has a seat. */
  get isReady(): boolean {
    return this.#connection?.isOpen === true && this.#isSeated;
  }

  /** Moves that the server has answered, the refused ones too. */
  get moves(): number {
    return this.#state.outbox.acknowledgedSequence;
  }

  /** Whether the server has all its moves. */
  get isSettled(): boolean {
    return this.#state.outbox.size === 0;
  }

  /** Connects, and plays. */
  come(): void {
    const { port, token, nick } = this.#options;
    const stop = this.#stop = new AbortController();
    const { network } = this;
    this.#isPlaying = true;
    const kept = this.#kept = keepSession({
      service: chatService,
      dial: { host: "127.0.0.1", port, clientId: nick, token, network, timeoutMs: 20_000 },
      signal: stop.signal,
      state: this.#state,
      backoff: { firstMs: 50, mostMs: 500 },
      handlersFor: (connection) => this.#handlersFor(connection),
      send: (connection, outbox) => {
        const [sequence, text] = [outbox.peekSequence(), outbox.peek()];
        if (connection !== this.#connection || sequence === undefined || text === undefined) {
          return "pause";
        }
        if (!connection.send(kinds.say, encodeSay({ sequence, where: "", text }))) return "full";
        outbox.advance();
        return "sent";
      },
      onLoss: (why) => {
        this.faults.push(`the session of ${nick} was lost: ${why}`);
        return "discard";
      },
    });
    this.#done = kept.done.catch((error) => {
      if (error !== stop.signal.reason) this.faults.push(`${nick} failed: ${error}`);
    });
  }

  /** Moves no more, and stays. */
  pause(): void {
    this.#isPlaying = false;
    clearTimeout(this.#thinking);
  }

  /** Gives the seat up and leaves. */
  async leave(): Promise<void> {
    this.pause();
    this.#connection?.send(kinds.fin, {});
    this.#stop.abort();
    await this.#done;
    [this.#connection, this.#isSeated, this.#moves] = [undefined, false, []];
  }

  #handlersFor(connection: Connection<ChatKinds>): Handlers<ChatKinds> {
    this.#isSeated = false;
    return {
      you: () => {
        if (this.#connection === connection) return;
        this.#connection = connection;
        this.#kept?.wake();
      },
      number: () => void (this.#isSeated = true),
      role: () => {},
      message: () => {},
      peer: () => {},
      peerLeft: () => {},
      exit: () => {},
      notice: () => {},
      verdict: ({ isOver }) => {
        if (isOver) this.counts.games++;
      },
      state: ({ moves = [] }) => {
        this.#moves = moves;
        this.#think();
      },
      ack: (view) => {
        const before = this.#state.outbox.acknowledgedSequence;
        this.#state.acknowledged(readAck(view));
        if (this.#state.outbox.acknowledgedSequence > before) {
          this.#options.log.add(performance.now() - this.#saidMs);
        }
        this.#kept?.wake();
      },
      refused: ({ code, message }) => {
        this.counts.refused++;
        // After a cut it may have moved in a position that was gone by then.
        if (code !== "not-your-turn" && code !== "illegal-move") {
          this.faults.push(`a move of ${this.nick} was refused: ${code}: ${message}`);
        }
      },
    };
  }

  #think(): void {
    clearTimeout(this.#thinking);
    if (this.#moves.length === 0 || !this.#isPlaying) return;
    const { random } = this.#options;
    this.#thinking = setTimeout(() => {
      if (this.#state.outbox.size > 0 || !this.isReady) return this.#think();
      this.#saidMs = performance.now();
      this.#state.add(random.pick(this.#moves));
      this.#moves = [];
    }, random.between(200, 600));
  }
}
