/** Clients of `collect`: most in this process, one real one that stays, and real ones that are killed. */
import { ticks } from "../../lib/clock/schedule.ts";
import { systemClock } from "../../lib/clock/system_clock.ts";
import { readSequenceOnly } from "../../lib/collect/messages.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { keepSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import type { Token } from "../../lib/transport/token.ts";
import type { Random } from "../random.ts";
import { checkSessions, type SentSession } from "./check_sessions.ts";
import { CutNetwork } from "./cut_network.ts";
import { LatencyLog } from "./latency_log.ts";
import { latencyOf, type Part, until } from "./part.ts";
import type { Program, Programs } from "./program.ts";

const CLIENTS = 18;
const INTERVAL_NS = 10e6;

/** Every such sample is timed. */
const TIMED = 10;

/** One client in this process: one session over all its connections. */
class Client {
  readonly network = new CutNetwork();
  readonly sender: SampleSender;
  readonly state = new MemoryState<Sample>();
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  /** Samples that are timed: their numbers, and when they were taken. */
  readonly #timed: [number, number][] = [];
  #connection: Connection<typeof collectService.kinds> | undefined;

  constructor(port: number, token: Token, readonly clientId: string, log: LatencyLog) {
    const { network, state } = this;
    const sender = this.sender = new SampleSender(systemClock, state);
    const kept = keepSession({
      service: collectService,
      dial: { host: "127.0.0.1", port, clientId, token, network, timeoutMs: 20_000 },
      signal: this.#stop.signal,
      state,
      backoff: { firstMs: 50, mostMs: 500 },
      handlersFor: (connection) => {
        const handlers = sender.handlersFor(connection);
        return {
          ...handlers,
          ack: (view) => {
            const acknowledged = readSequenceOnly(view);
            handlers.ack?.(view);
            while ((this.#timed[0]?.[0] ?? Infinity) <= acknowledged) {
              log.add(performance.now() - (this.#timed.shift()?.[1] ?? NaN));
            }
          },
        };
      },
      onReady: (connection) => {
        this.#connection = connection;
        sender.ready(connection, () => kept.wake());
      },
      send: (connection, outbox) => sender.send(connection, outbox),
    });
    this.#done = kept.done.catch((error) => error);
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen === true;
  }

  sample(): void {
    this.sender.sample();
    const { lastSequence } = this.state.outbox;
    if (lastSequence % TIMED === 0) this.#timed.push([lastSequence, performance.now()]);
  }

  /** Leaves when all is acknowledged. */
  async leave(): Promise<SentSession> {
    await this.sender.settled();
    this.sender.end();
    this.#stop.abort();
    await this.#done;
    const { clientId, state, sender } = this;
    return {
      clientId,
      id: state.session?.id,
      taken: state.outbox.lastSequence,
      dropped: sender.dropped,
    };
  }
}

/** The load of `collect`. */
export class CollectPart implements Part {
  readonly counts = {
    "collect samples": 0,
    "collect clients": 0,
    "collect cuts": 0,
    "collect kills": 0,
  };
  /** A real client for the whole time. */
  readonly steady: Program;
  readonly #log = new LatencyLog();
  readonly #port: number;
  readonly #token: Token;
  readonly #programs: Programs;
  readonly #store: string;
  readonly #clients: (Client | undefined)[] = [];
  readonly #faults: string[] = [];
  readonly #sent: SentSession[] = [];
  readonly #stop = new AbortController();
  readonly #steadyLines: string[] = [];
  #ticking: Promise<void> | undefined;
  #guest: Program | undefined;
  #coming = 0;

  /** Starts the real client. @param store the server's file */
  constructor(port: number, token: Token, programs: Programs, store: string) {
    [this.#port, this.#token, this.#programs, this.#store] = [port, token, programs, store];
    const args = ["collect", "send", "--port", String(port), "--id", "steady", "--json"];
    this.steady = programs.start([...args, "--interval", "10ms"], {
      onLine: (line) => this.#steadyLines.push(line),
    });
  }

  /** Connects, and takes samples from then on. */
  start(): void {
    for (let at = 0; at < CLIENTS; at++) this.#come(at, 0);
    this.#ticking = this.#tick();
  }

  churn(random: Random): void {
    if (random.oneIn(15)) this.#startGuest(random);
    if (!random.oneIn(3)) return;
    const at = random.below(CLIENTS);
    const client = this.#clients[at];
    if (client === undefined) return;
    if (random.oneIn(2)) {
      this.counts["collect cuts"]++;
      client.network.cut(); // it comes back by itself, with its session
      return;
    }
    this.#clients[at] = undefined;
    this.#coming++;
    client.leave().then((sent) => this.#sent.push(sent)).finally(() => {
      this.#coming--;
      this.#come(at, random.between(100, 3000));
    });
  }

  async settle(): Promise<void> {
    await this.#guest?.ended;
    const isBack = () => this.#coming === 0 && this.#clients.every((client) => client?.isOpen);
    this.#faults.push(...await until("all clients of collect are there", isBack));
  }

  latencies() {
    return latencyOf("collect", this.#log.take());
  }

  async finish(): Promise<string[]> {
    await this.settle();
    this.#stop.abort();
    await this.#ticking;
    for (const client of this.#clients) {
      if (client !== undefined) this.#sent.push(await client.leave());
    }
    const code = await this.steady.stop();
    const { taken, waiting, dropped } = JSON.parse(this.#steadyLines.at(-1) ?? "{}");
    if (code !== 130 || waiting !== 0) {
      this.#faults.push(`"collect send" ended with ${code}, ${waiting} samples waiting`);
    }
    this.#sent.push({ clientId: "steady", id: undefined, taken, dropped });
    return this.#faults;
  }

  check(): string[] {
    return checkSessions(this.#store, this.#sent);
  }

  async #tick(): Promise<void> {
    const options = { intervalNs: INTERVAL_NS, signal: this.#stop.signal };
    for await (const _tick of ticks(systemClock, options)) {
      for (const client of this.#clients) {
        if (client === undefined) continue;
        client.sample();
        this.counts["collect samples"]++;
      }
    }
  }

  #come(at: number, afterMs: number): void {
    this.#coming++;
    setTimeout(() => {
      this.#coming--;
      this.counts["collect clients"]++;
      this.#clients[at] = new Client(this.#port, this.#token, `client-${at + 1}`, this.#log);
    }, afterMs);
  }

  /** A real client for a few seconds; one in two is killed in the middle. */
  #startGuest(random: Random): void {
    if (this.#guest?.isRunning) return;
    const [willDie, id] = [random.oneIn(2), `visitor-${this.counts["collect clients"]++}`];
    const lines: string[] = [];
    const args = ["collect", "send", "--port", String(this.#port), "--id", id, "--json"];
    const guest = this.#guest = this.#programs.start([...args, "--duration", "4s"], {
      onLine: (line) => lines.push(line),
    });
    if (willDie) {
      this.counts["collect kills"]++;
      setTimeout(() => guest.kill("SIGKILL"), random.between(500, 4000));
    }
    guest.ended.then((code) => {
      if (willDie && code !== 0) return; // nobody knows how many it took
      const { taken, waiting, dropped } = JSON.parse(lines.at(-1) ?? "{}");
      if (code !== 0 || waiting !== 0) {
        this.#faults.push(`${id} of collect ended with ${code}, ${waiting} samples waiting`);
      }
      this.#sent.push({ clientId: id, id: undefined, taken, dropped });
    });
  }
}
