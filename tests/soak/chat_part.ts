/** Members of `chat`: most in this process, some real ones, strangers who look in, and files. */
import { DatabaseSync } from "node:sqlite";
import { type Line, LineFlag } from "../../lib/chat/line_codec.ts";
import type { Token } from "../../lib/transport/token.ts";
import type { Random } from "../random.ts";
import { ChatBot } from "./chat_bot.ts";
import { ChatMember } from "./chat_member.ts";
import { FileExchange } from "./file_exchange.ts";
import { LatencyLog } from "./latency_log.ts";
import { LineTally } from "./line_tally.ts";
import { latencyOf, type Part, until } from "./part.ts";
import type { Programs } from "./program.ts";

const MEMBERS = 34;
const BOTS = 5;
const LOBBY = "#lobby";
const SIDE_ROOMS = ["#dev", "#ops", "#lab", "#pub"];

/** Lines are said this often, in milliseconds: by members in the lobby and in their side rooms, by bots. */
const LOBBY_MS = 300;
const SIDE_MS = 150;
const BOTS_MS = 1000;

/** What a {@linkcode ChatPart} needs. */
interface ChatPartOptions {
  readonly port: number;
  readonly token: Token;
  readonly programs: Programs;
  /** For what bots send and get. */
  readonly folder: string;
  /** The server's file. */
  readonly store: string;
}

/** The load of `chat` with rooms. */
export class ChatPart implements Part {
  readonly #counts = { "chat lines": 0, "chat comings": 0, "chat cuts": 0, "chat kills": 0 };
  readonly #options: ChatPartOptions;
  readonly #log = new LatencyLog();
  readonly #tally = new LineTally();
  readonly #members: ChatMember[] = [];
  readonly #bots: ChatBot[] = [];
  readonly #files: FileExchange;
  readonly #faults: string[] = [];
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Members and bots that are away, by name. */
  readonly #away = new Set<string>();
  #strangers = 0;
  #turn = 0;

  /** Nobody yet. */
  constructor(options: ChatPartOptions) {
    this.#options = options;
    const { folder, port, programs } = options;
    this.#files = new FileExchange(folder);
    for (let number = 1; number <= MEMBERS; number++) {
      const side = SIDE_ROOMS[number % SIDE_ROOMS.length] ?? LOBBY;
      this.#members.push(this.#member(`member-${number}`, [LOBBY, side]));
    }
    for (let number = 1; number <= BOTS; number++) {
      this.#bots.push(
        new ChatBot({
          port,
          programs,
          folder,
          nick: `bot-${number}`,
          room: LOBBY,
          tally: this.#tally,
          onFile: (bot, file) => this.#files.onFile(bot, file),
        }),
      );
    }
  }

  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts, ...this.#files.counts };
  }

  /** The bot that stays for the whole time. */
  get steadyPid(): number | undefined {
    return this.#bots[0]?.pid;
  }

  /** All come, and say something from then on. */
  async start(): Promise<void> {
    await this.#files.start();
    for (const one of [...this.#members, ...this.#bots]) one.come();
    await this.settle();
    this.#every(LOBBY_MS, () => this.#sayOne(LOBBY));
    this.#every(SIDE_MS, () => this.#sayOne());
    this.#every(BOTS_MS, () => this.#bots[this.#turn % BOTS]?.say());
  }

  churn(random: Random): void {
    if (random.oneIn(4)) this.#files.exchange(this.#bots, random);
    if (random.oneIn(20)) this.#stranger(random);
    if (random.oneIn(12)) this.#churnBot(random);
    const member = random.pick(this.#members);
    if (!random.oneIn(2) || this.#away.has(member.nick)) return;
    if (random.oneIn(2)) {
      this.#counts["chat cuts"]++;
      member.network.cut(); // it comes back by itself, with its session
    } else {
      this.#awayFor(member, random.between(300, 6000), member.leave());
    }
  }

  async settle(): Promise<void> {
    const all = [...this.#members, ...this.#bots];
    this.#faults.push(
      ...await until(
        "all members of chat are there",
        () => this.#strangers === 0 && this.#away.size === 0 && all.every(({ isReady }) => isReady),
      ),
      ...await until("all files have come", () => this.#files.isSettled(), 60_000),
    );
  }

  latencies() {
    return latencyOf("chat", this.#log.take());
  }

  async finish(): Promise<string[]> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.settle();
    const all = [...this.#members, ...this.#bots];
    this.#faults.push(
      ...await until("all lines are with the server", () => all.every((one) => one.isSettled)),
    );
    await new Promise((resolve) => setTimeout(resolve, 500)); // the last lines are on their way
    await Promise.all([
      ...this.#members.map((member) => member.leave()),
      ...this.#bots.map((bot) => bot.go("quit")),
    ]);
    this.#faults.push(...all.flatMap(({ faults }) => faults), ...this.#files.faults);
    return this.#faults;
  }

  check(): string[] {
    const last = new Map<string, number>();
    const db = new DatabaseSync(this.#options.store, { readOnly: true });
    try {
      const lines = db.prepare(
        "SELECT rooms.name AS room, lines.id, nick, text FROM lines " +
          "JOIN rooms ON rooms.number = lines.room ORDER BY rooms.number, lines.id",
      );
      for (const { room, id, nick, text } of lines.iterate() as Iterable<Record<string, unknown>>) {
        this.#tally.store(String(room), String(nick), String(text));
        last.set(String(room), Number(id));
      }
    } finally {
      db.close();
    }
    const deaf = this.#members.flatMap((member) =>
      member.rooms.filter((room) => member.last(room) !== (last.get(room) ?? 0)).map((room) =>
        `${member.nick} heard ${member.last(room)} of ${last.get(room)} lines of ${room}`
      )
    );
    for (const bot of this.#bots) {
      if (bot.last !== last.get(LOBBY)) deaf.push(`${bot.nick} was shown lines up to ${bot.last}`);
    }
    return [...this.#tally.faults(), ...deaf];
  }

  #member(nick: string, rooms: readonly string[]): ChatMember {
    this.#tally.add(nick, "all");
    const { port, token } = this.#options;
    return new ChatMember({ port, token, nick, rooms, onLine: (line) => this.#onLine(line) });
  }

  /** The text of a line says when it was said. */
  #onLine({ text, nick, flags }: Line): void {
    if ((flags & LineFlag.Replayed) !== 0) return; // whoever was away gets it late
    if (nick.startsWith("bot-")) return; // through pipes, which is not what is measured
    const atMs = Number(/ at ([\d.]+)$/.exec(text)?.[1] ?? NaN);
    if (!Number.isNaN(atMs)) this.#log.add(performance.now() - atMs);
  }

  /** The next member in turn says a line. @param where its side room unless said otherwise */
  #sayOne(where?: string): void {
    const member = this.#members[this.#turn++ % MEMBERS];
    if (member?.isReady) this.#say(member, where ?? member.rooms[1] ?? LOBBY);
  }

  #say(member: ChatMember, where: string): void {
    this.#counts["chat lines"]++;
    const number = this.#tally.type(member.nick);
    member.say(where, `${number} said at ${performance.now().toFixed(2)}`);
  }

  #churnBot(random: Random): void {
    const bot = this.#bots[random.between(1, BOTS - 1)]; // the first one stays
    if (bot === undefined || !bot.isReady || this.#away.has(bot.nick)) return;
    const how = random.oneIn(2) ? "kill" : "quit";
    if (how === "kill") this.#counts["chat kills"]++;
    this.#awayFor(bot, random.between(300, 3000), bot.go(how));
  }

  /** Somebody with a new session comes, says a line, and leaves. */
  #stranger(random: Random): void {
    const stranger = this.#member(`stranger-${this.#counts["chat comings"]++}`, [LOBBY]);
    this.#strangers++;
    stranger.come();
    const staysMs = random.between(200, 3000);
    until(`${stranger.nick} is there`, () => stranger.isReady).then(async (faults) => {
      this.#say(stranger, LOBBY);
      await new Promise((resolve) => setTimeout(resolve, staysMs));
      faults.push(...await until("it is said", () => stranger.isSettled));
      await stranger.leave();
      this.#faults.push(...faults, ...stranger.faults);
      this.#strangers--;
    });
  }

  #awayFor(one: ChatMember | ChatBot, ms: number, gone: Promise<void>): void {
    this.#away.add(one.nick);
    gone.then(() =>
      setTimeout(() => {
        this.#counts["chat comings"]++;
        this.#away.delete(one.nick);
        one.come();
      }, ms)
    );
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms));
  }
}
