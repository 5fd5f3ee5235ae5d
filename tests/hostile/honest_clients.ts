/** Honest clients of each service, which ask at fixed times, whatever became of the question before. */
import { readSequenceOnly, samplesBytes, writeSamples } from "../../lib/collect/messages.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { mapreduceService, shuffleService } from "../../lib/mapreduce/engine/protocol.ts";
import { timerClientService } from "../../lib/timer/protocol.ts";
import type { CloseReport } from "../../lib/transport/close_report.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial, type DialOptions } from "../../lib/transport/dial.ts";
import { parseTokens } from "../../lib/transport/token.ts";
import { CrowdMember } from "../e2e/chat_crowd.ts";
import { until } from "../e2e/collect_room.ts";

/** Time between two questions, in milliseconds. */
const PAUSE_MS = 10;

/** How long questions took. */
export interface Latencies {
  /** How many were answered. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** What the process of honest clients says. */
export type HonestEvent =
  | { readonly type: "ready" }
  | ({ readonly type: "marked" } & Latencies)
  | { readonly type: "told"; readonly asked: number; readonly faults: readonly string[] };

/** One service's honest clients. */
interface Asker {
  /** Asks question `number`, from 1 on. */
  ask(number: number): void;
  /** Leaves. @returns what was not as it should be */
  leave(): Promise<readonly string[]>;
}

/** Told that a question is answered. */
type Answered = (number: number) => void;

/** Asks, and keeps the times. */
export class Clients {
  readonly #asker: Asker;
  /** When each question that is not answered was asked, in milliseconds. */
  readonly #open = new Map<number, number>();
  readonly #faults: string[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #startMs = performance.now();
  #asked = 0;
  #tookMs: number[] = [];

  private constructor(start: (answered: Answered) => Asker) {
    this.#asker = start((number) => this.#answered(number));
    this.#timer = setInterval(() => this.#ask(), PAUSE_MS);
  }

  /** Starts those of a service. @param token empty: it wants none */
  static async start(service: string, port: number, token: string): Promise<Clients> {
    const [first] = token === "" ? [] : parseTokens(token, "argument");
    const open = ASKERS[service];
    if (open === undefined) throw new Error(`There is no service ${service}`);
    const use = first === undefined ? { tokenUse: "if-asked" as const } : { token: first };
    return new Clients(await open({ host: "127.0.0.1", port, clientId: "honest", ...use }));
  }

  /** The latencies since the last time; what is not answered yet counts with its age, too. */
  take(): Latencies {
    const nowMs = performance.now();
    const all = [...this.#tookMs, ...this.#open.values().map((askedMs) => nowMs - askedMs)];
    const count = this.#tookMs.length;
    this.#tookMs = [];
    all.sort((a, b) => a - b);
    const at = (part: number) => all[Math.floor((all.length - 1) * part)] ?? 0;
    return { count, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
  }

  /** Waits for all answers, and leaves. */
  async end(): Promise<{ readonly asked: number; readonly faults: readonly string[] }> {
    clearInterval(this.#timer);
    await until("all is answered", () => this.#open.size === 0);
    this.#faults.push(...await this.#asker.leave());
    return { asked: this.#asked, faults: this.#faults };
  }

  /** All that are due by now, from the moment on that they leave: this process may be late itself. */
  #ask(): void {
    const nowMs = performance.now();
    for (;;) {
      const dueMs = this.#startMs + this.#asked * PAUSE_MS;
      if (dueMs > nowMs) return;
      this.#open.set(++this.#asked, nowMs);
      this.#asker.ask(this.#asked);
    }
  }

  #answered(number: number): void {
    const askedMs = this.#open.get(number);
    if (askedMs === undefined) this.#faults.push(`question ${number} was answered again`);
    else this.#tookMs.push(performance.now() - askedMs);
    this.#open.delete(number);
  }
}

type Open = (options: DialOptions) => Promise<(answered: Answered) => Asker>;

const ASKERS: Readonly<Record<string, Open>> = {
  async timer(options) {
    let answered: Answered = () => {};
    const connection = await dial(timerClientService, options, () => ({
      reply: (view) => answered(view.getUint32(12)),
    }));
    const uuid = new Uint8Array(16);
    return asking(connection, (told) => answered = told, (number) => {
      new DataView(uuid.buffer).setUint32(12, number);
      return connection.send(timerClientService.kinds.request, uuid);
    });
  },

  async collect(options) {
    const { samples } = collectService.kinds;
    let answered: Answered = () => {};
    let last = 0;
    const connection = await dial(collectService, options, () => ({
      ack(view) {
        for (const to = readSequenceOnly(view); last < to;) answered(++last);
      },
    }));
    return asking(connection, (told) => answered = told, (number) => {
      const writer = connection.reserve(samples, samplesBytes(1));
      const timesUs = Float64Array.of(Date.now() * 1000 + number % 1000);
      const sequence = { previousSequence: number - 1, firstSequence: number };
      if (writer !== undefined) writeSamples(writer, { ...sequence, clientSteps: 0, timesUs });
      writer?.commit();
      return writer !== undefined;
    });
  },

  async chat({ port, token }) {
    let answered: Answered = () => {};
    const room = "#lobby";
    const join = (nick: string) =>
      new CrowdMember({
        ...{ port, nick, token, rooms: [room] },
        onLine({ nick: by, text }) {
          if (by === nick || !text.startsWith("honest ")) return; // the way to the other one
          answered(Number(text.split(" ")[1]));
        },
      });
    const talkers = [join("ada"), join("bob")];
    await until("both are there", () => talkers.every(({ isReady }) => isReady));
    return (told) => {
      answered = told;
      return {
        ask: (number) => talkers[number % 2]?.say(room, `honest ${number}`),
        async leave() {
          const faults = talkers.flatMap(({ faults, ends, notices }) => [
            ...[...faults, ...ends],
            ...notices.map(({ code }) => `notice ${code}`),
          ]);
          for (const talker of talkers) await talker.leave();
          return faults;
        },
      };
    };
  },

  mapreduce: async (options) => {
    return pinging(
      await dial(mapreduceService, options, () => ({ job: () => {}, over: () => {} })),
    );
  },
  shuffle: async (options) => pinging(await dial(shuffleService, options, () => ({}))),
};

/** Questions on one connection. @param ask says whether there was room */
function asking(
  connection: Pick<Connection, "isOpen" | "close" | "closed">,
  answers: (told: Answered) => void,
  ask: (number: number) => boolean,
): (answered: Answered) => Asker {
  const faults: string[] = [];
  let isLeaving = false;
  connection.closed.then(({ code, message }: CloseReport) => {
    if (!isLeaving) faults.push(`its line ended: ${code} ${message}`);
  });
  return (answered) => {
    answers(answered);
    return {
      ask: (number) => void (ask(number) || faults.push(`no room for question ${number}`)),
      async leave() {
        isLeaving = true;
        await connection.close();
        return faults;
      },
    };
  };
}

/** Round trips, for a service that answers nothing else to whoever does not work for it. */
function pinging(
  connection: Pick<Connection, "isOpen" | "close" | "closed" | "ping">,
): (answered: Answered) => Asker {
  let answered: Answered = () => {};
  return asking(connection, (told) => answered = told, (number) => {
    connection.ping().then((tookNs) => void (tookNs === undefined || answered(number)));
    return true;
  });
}
