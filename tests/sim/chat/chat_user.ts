/** Somebody with a client of chat on a machine, as `tram chat join` puts it together. */
import type { ChatEvent } from "../../../lib/chat/chat_event.ts";
import { ChatClient } from "../../../lib/chat/client/chat_client.ts";
import { inFile } from "../../../lib/chat/client/client_memory.ts";
import { type TypedLine, typedLineCodec } from "../../../lib/chat/client/typed_line.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { StateFile } from "../../../lib/transport/session/state_file.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import type { Sim } from "../core/sim.ts";
import type { ChatUserOptions, RunningClient, UserWitness } from "./chat_user_options.ts";
import { withBugs } from "./client_bugs.ts";
import { pathOf } from "./path_of.ts";
import { Screen } from "./screen.ts";
import { SimStateFiles } from "./sim_state_files.ts";
import { LOSSES, PASSING, USUAL } from "./what_clients_say.ts";

/** Bytes that a client may buffer. */
const BUDGET_BYTES = 8 * 1024 * 1024;

/** Somebody. */
export class ChatUser {
  readonly name: string;
  readonly machine: SimMachine;
  /** Number and name that the server has given; 0 at first. */
  author = 0;
  nick = "";
  /** Its state could not be kept: it is somebody else now. */
  hasLostSession = false;
  /** It does not come back. */
  isLeaving = false;
  readonly #sim: Sim;
  readonly #witness: UserWitness;
  readonly #options: ChatUserOptions;
  readonly #states: SimStateFiles;
  /** Of the session, by sequence. */
  readonly #lines = new Map<number, string>();
  /** What was refused, and nobody has told yet; the session goes on for ever. */
  readonly #unread = new Map<number, string>();
  readonly #refused = new Set<number>();
  #acknowledged = 0;
  #running: RunningClient | undefined;
  #number = 0;

  constructor(sim: Sim, witness: UserWitness, options: ChatUserOptions) {
    this.#sim = sim;
    this.#witness = witness;
    this.#options = options;
    const { name } = options;
    this.name = name;
    const random = sim.stream(`machine of ${options.name}`);
    this.#states = new SimStateFiles(
      sim.stream(`state of ${options.name}`),
      sim.hasBug("state that is never synced"),
    );
    this.machine = sim.machine({
      name: options.name,
      offsetUs: random.between(-1e9, 1e9),
      ppm: random.between(-100, 100),
      path: options.path ?? pathOf(random, 40_000),
      boot: (process) => {
        this.#run(process).catch((error) => sim.fail("quiet", `client of ${name}: ${error}`));
      },
      loseUnsynced: (dice) => {
        this.#states.losePower();
        options.onLosePower?.(dice);
      },
    });
    sim.watch(`lines of ${options.name} that wait`, options.maxWaiting, () => this.waiting);
    sim.watch(
      `bytes of the buffers of ${options.name}`,
      BUDGET_BYTES / 4,
      () => this.#running?.budget.usedBytes ?? 0,
    );
  }

  /** Lines that are not acknowledged. */
  get waiting(): number {
    return this.#running?.client.waiting ?? 0;
  }

  /** The client, while it runs. */
  get client(): ChatClient | undefined {
    const running = this.#running;
    return running === undefined || running.process.isDead ? undefined : running.client;
  }

  /** Does something with the client, when it runs: not at all where it does not. */
  act(run: (client: ChatClient) => void): void {
    const running = this.#running;
    running?.process.enter(() => {
      if (this.#running === running) run(running.client);
    });
  }

  /** Types a line. @param to person or room that stands in the text */
  say(where: string, to: string, padding = ""): void {
    this.act((client) => {
      this.type(client, where, `${this.name}>${to} ${++this.#number} ${padding}`);
    });
  }

  /** Types a line as it is. For {@linkcode act}. */
  type(client: ChatClient, where: string, text: string): void {
    this.#witness.typed(this.name, text);
    const outbox = this.#running?.memory.state.outbox;
    const last = outbox?.lastSequence ?? 0;
    const said = client.say(where, text);
    // A process that is killed may have no time to say so.
    if (outbox !== undefined && outbox.lastSequence > last) this.#lines.set(last + 1, text);
    said.then(
      (isSafe) => this.#witness.taken(text, isSafe),
      () => this.#witness.taken(text, false), // it is ending
    );
  }

  /** Leaves, in good order. It comes back by itself, unless it is leaving. */
  quit(): void {
    this.act((client) => void client.quit("off"));
  }

  /** Resolves when the client has ended. */
  get ended(): Promise<void> {
    return this.#running?.over ?? Promise.resolve();
  }

  /** What is missing until this client has nothing to do; nothing: it has all. */
  get missing(): string | undefined {
    const { client } = this;
    if (client === undefined) return `${this.name} has no client`;
    if (!client.isConnected) return `${this.name} is not connected: ${client.trouble?.message}`;
    if (client.waiting > 0) return `${client.waiting} lines of ${this.name} wait`;
    for (const place of [...this.#options.rooms, `@${this.author}`]) {
      if (this.#witness.hasAll(this.name, place)) continue;
      return `${this.name} has ${this.#witness.progress(this.name, place)}`;
    }
    return undefined;
  }

  /** Looks at what was acknowledged without a word. */
  checkAcknowledged(): void {
    const upTo = this.#running?.memory.state.outbox.acknowledgedSequence ?? 0;
    this.#sent(this.#acknowledged + 1, upTo);
    for (const [sequence, text] of this.#unread) {
      this.#witness.unread(this.name, this.author, sequence, text);
    }
  }

  async #run(process: SimProcess): Promise<void> {
    const { name } = this;
    this.#running = undefined;
    try {
      await this.#runClient(process);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#sim.note(`client of ${name} ends: ${message}`);
      const isExpected = /no space left|banned|Kicked/.test(message);
      this.#sim.check("quiet", isExpected, () => `the client of ${name} ends: ${message}`);
    }
    if (this.isLeaving) return;
    this.#sim.count("clients that ended and came back");
    process.clock.after(1000 + this.#sim.stream(`again ${name}`).below(3000), () => {
      if (!this.isLeaving && this.machine.process === process) void this.machine.start();
    });
  }

  async #runClient(process: SimProcess): Promise<void> {
    const { port, rooms, last, token, screenMs, maxWaiting, parts } = this.#options;
    const { clock, network } = process;
    let onTrouble = (_error: unknown) => {};
    const state = await StateFile.open<TypedLine>(this.#states.forProcess(process), "/state", {
      codec: typedLineCodec,
      maxEntries: this.#sim.hasBug("outbox without a limit") ? Infinity : maxWaiting,
      onTrouble: (error) => onTrouble(error),
    });
    if (state === undefined) throw new Error("another process has the state");
    this.#opened(state);
    const budget = new MemoryBudget(BUDGET_BYTES);
    if (this.#sim.hasBug("leaking client")) budget.give = () => {};
    const memory = withBugs(this.#sim, inFile(state, this.name));
    const isFromStart = last >= 500;
    const screen = new Screen(process.clock, this.#sim.stream(`screen of ${this.name}`), screenMs, {
      show: (line) => this.#witness.shown(this.name, this.author, line, isFromStart),
    });
    const client = new ChatClient({
      ...{ clock, memory, rooms, last, nick: this.name, defaultNick: this.name },
      dial: { host: "127.0.0.1", port, timeoutMs: 5000, network, budget, token },
      drained: screenMs === 0 ? undefined : () => screen.drained(),
      emit: (event) => this.#on(event, screen),
    });
    onTrouble = (error) => client.keepLater(error);
    const extra = parts?.(process, client, memory);
    if (extra !== undefined) client.addPart(extra.part);
    const over = Promise.withResolvers<void>();
    const running: RunningClient = { process, client, memory, budget, extra, over: over.promise };
    this.#running = running;
    try {
      const end = await client.run();
      this.#sim.note(`client of ${this.name} ends: ${end.type}`);
      if (end.type === "closed") {
        const { code, message } = end.report;
        const isUsual = code === "chat.kicked" || code === "chat.banned";
        this.#sim.check("quiet", isUsual, () => `${this.name} is told: ${code}: ${message}`);
      }
    } finally {
      this.#running = undefined;
      await extra?.end();
      await screen.drained();
      await memory[Symbol.asyncDispose]();
      this.#sim.check(
        "memory",
        budget.usedBytes === 0,
        () => `the client of ${this.name} has ended, and ${budget.usedBytes} bytes are in use`,
      );
      over.resolve();
    }
  }

  /** What an earlier process has left. */
  #opened({ damage, outbox, session }: StateFile<TypedLine>): void {
    if (damage !== undefined) this.#sim.count(`state files that are ${damage.kind}`);
    this.#sim.check(
      "kept",
      damage?.kind !== "damaged",
      () => `the state of ${this.name} is damaged`,
    );
    for (const sequence of this.#lines.keys()) {
      if (session === undefined || sequence > outbox.lastSequence) this.#lines.delete(sequence);
    }
    for (const { sequence, value: { text } } of outbox.entries()) this.#lines.set(sequence, text);
    this.#acknowledged = Math.min(this.#acknowledged, outbox.acknowledgedSequence);
  }

  #on(event: ChatEvent, screen: Screen): void {
    this.#options.onEvent?.(event);
    switch (event.type) {
      case "line":
        return screen.put({ line: event, isNoted: !this.#states.isFailing });
      case "you":
        if (this.author !== event.author) this.#sim.note(`${this.name} is ${event.author}`);
        this.hasLostSession ||= this.author !== 0 && this.author !== event.author;
        this.author = event.author;
        this.nick = event.nick;
        return;
      case "queued":
        this.#lines.set(event.sequence, event.text);
        // Where a full disk has held it up, it may be sent before that is said.
        if (event.sequence <= this.#acknowledged) this.#sent(event.sequence, event.sequence);
        return;
      case "sent":
        return this.#sent(this.#acknowledged + 1, event.upTo);
      case "refused":
        this.#sim.count(`refused: ${event.code}`);
        this.#refused.add(event.sequence);
        if (this.#unread.delete(event.sequence)) this.#sim.count("refusals that are said again");
        return;
      case "connected":
        return this.#sim.note(`${this.name} is connected${event.resumed ? " again" : ""}`);
      case "disconnected":
        this.#sim.note(`${this.name} is not connected: ${event.code}: ${event.message}`);
        // While the store takes nothing, no session can be opened, and no seat taken.
        if (event.message === "The handshake failed") return;
        if (/^The server cannot store that now/.test(event.message)) return;
        this.#sim.check(
          "quiet",
          PASSING.test(event.code),
          () => `${this.name} is told: ${event.code}: ${event.message}`,
        );
        return;
      case "local":
        for (const line of event.lines) {
          const invariant = LOSSES.test(line) ? "kept" : "quiet";
          this.#sim.check(
            invariant,
            !event.isError || USUAL.test(line),
            () => `the client of ${this.name} says: ${line}`,
          );
        }
        return;
      default:
    }
  }

  #sent(from: number, upTo: number): void {
    for (let sequence = from; sequence <= upTo; sequence++) {
      const text = this.#lines.get(sequence);
      if (text === undefined) continue; // it was not safe when its process was killed
      const isTaken = this.#witness.acknowledged(this.name, this.author, sequence, text);
      if (!isTaken && !this.#refused.has(sequence)) this.#unread.set(sequence, text);
    }
    this.#acknowledged = Math.max(this.#acknowledged, upTo);
  }
}
