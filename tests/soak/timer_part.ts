/** Clients of `timer`: one asks at a fixed rate for the whole time, others come and go. */
import { NO_GAP, timerClientService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { readSequence, runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import type { Token } from "../../lib/transport/token.ts";
import type { Random } from "../random.ts";
import { CutNetwork } from "./cut_network.ts";
import { LatencyLog } from "./latency_log.ts";
import { latencyOf, type Part, until } from "./part.ts";

/** The steady client asks this often, in milliseconds; guests ask seldom. */
const STEADY_MS = 20;
const GUEST_MS = 500;
const GUESTS = 4;

type Kinds = typeof timerClientService.kinds;

/** One client: requests by the clock, each answered once. */
class Asker {
  readonly network = new CutNetwork();
  readonly waiting = new Map<number, number>();
  readonly faults: string[] = [];
  answered = 0;
  readonly #run = runIdFrom(crypto.getRandomValues(new Uint8Array(8)));
  readonly #onAnswer: (ms: number) => void;
  #connection: Connection<Kinds> | undefined;
  #sequence = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(onAnswer: (ms: number) => void) {
    this.#onAnswer = onAnswer;
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen === true;
  }

  async start(port: number, token: Token, clientId: string, everyMs: number): Promise<void> {
    const { network } = this;
    const options = { host: "127.0.0.1", port, clientId, token, network, timeoutMs: 20_000 };
    this.#connection = await dial(timerClientService, options, () => ({
      reply: (view) => {
        const sequence = readSequence(view, this.#run);
        const sentMs = this.waiting.get(sequence);
        if (sentMs === undefined) {
          this.faults.push(`timer answered ${sequence} of ${clientId} twice, or by mistake`);
          return;
        }
        this.waiting.delete(sequence);
        this.#onAnswer(performance.now() - sentMs);
        const gapNs = view.getSafeInt64(UUID_BYTES);
        if (this.answered++ > 0 && gapNs < 0 || gapNs < NO_GAP) {
          this.faults.push(`timer says a gap of ${gapNs} ns`);
        }
      },
      stopped: () => {},
      leaving: () => {},
    }));
    this.#timer = setInterval(() => this.#ask(), everyMs);
    this.#connection.closed.then(() => clearInterval(this.#timer));
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  async leave(): Promise<void> {
    this.pause();
    await this.#connection?.close();
  }

  #ask(): void {
    const writer = this.#connection?.reserve(timerClientService.kinds.request, UUID_BYTES);
    if (writer === undefined) return;
    this.waiting.set(this.#sequence, performance.now());
    writeMessageId(writer, this.#run, this.#sequence++);
    writer.commit();
    this.#connection?.flush();
  }
}

/** The load of `timer`. */
export class TimerPart implements Part {
  readonly counts = { "timer requests": 0, "timer guests": 0, "timer cuts": 0 };
  readonly #log = new LatencyLog();
  readonly #steady = new Asker((ms) => {
    this.counts["timer requests"]++;
    this.#log.add(ms);
  });
  readonly #guests: (Asker | undefined)[] = [];
  readonly #faults: string[] = [];
  readonly #port: number;
  readonly #token: Token;
  #coming = 0;

  /** Nothing yet. */
  constructor(port: number, token: Token) {
    this.#port = port;
    this.#token = token;
  }

  /** Connects. */
  async start(): Promise<void> {
    await this.#steady.start(this.#port, this.#token, "steady", STEADY_MS);
    for (let at = 0; at < GUESTS; at++) this.#come(at, 0);
  }

  churn(random: Random): void {
    if (!random.oneIn(6)) return;
    const at = random.below(GUESTS);
    const guest = this.#guests[at];
    if (guest === undefined) return;
    this.#guests[at] = undefined;
    this.#faults.push(...guest.faults);
    if (random.oneIn(2)) {
      this.counts["timer cuts"]++;
      guest.network.cut();
    } else {
      guest.leave().catch(() => {});
    }
    this.#come(at, random.between(200, 3000));
  }

  async settle(): Promise<void> {
    const isBack = () => this.#coming === 0 && this.#guests.every((guest) => guest?.isOpen);
    this.#faults.push(...await until("all guests of timer are there", isBack));
  }

  latencies() {
    return latencyOf("timer", this.#log.take());
  }

  async finish(): Promise<string[]> {
    await this.settle();
    this.#steady.pause();
    const { waiting, faults } = this.#steady;
    this.#faults.push(
      ...await until("timer has answered everything", () => waiting.size === 0, 5000),
      ...faults,
    );
    for (const guest of [this.#steady, ...this.#guests]) await guest?.leave();
    return this.#faults;
  }

  check(): string[] {
    return [];
  }

  #come(at: number, afterMs: number): void {
    this.#coming++;
    setTimeout(async () => {
      const guest = new Asker(() => this.counts["timer requests"]++);
      try {
        await guest.start(this.#port, this.#token, `guest-${at + 1}`, GUEST_MS);
        this.counts["timer guests"]++;
        this.#guests[at] = guest;
      } catch (error) {
        this.#faults.push(`a guest of timer could not come: ${error}`);
      }
      this.#coming--;
    }, afterMs);
  }
}
