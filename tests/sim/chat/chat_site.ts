/** The server of a simulated chat, on its machine, as `tram chat serve` puts it together. */
import { sleep } from "../../../lib/clock/sleep.ts";
import type { Reply } from "../../../lib/chat/messages.ts";
import { type ChatKinds, chatService } from "../../../lib/chat/protocol.ts";
import type { ServeFlags } from "../../../lib/chat/serve.ts";
import { serveRelay } from "../../../lib/chat/serve_relay.ts";
import { serveRooms } from "../../../lib/chat/serve_rooms.ts";
import type { Served } from "../../../lib/chat/served.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import { listen, type Server } from "../../../lib/transport/listen.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { PathSettings } from "../../../lib/transport/memory_path.ts";
import type { Token } from "../../../lib/transport/token.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import type { Sim } from "../core/sim.ts";
import { pathOf } from "./path_of.ts";
import type { ChatDisk } from "./chat_disk.ts";

/** Most bytes that the server's connections may buffer together. */
const BUDGET_BYTES = 16 * 1024 * 1024;

/** How long a server waits at its end for a store that takes nothing, as the command does. */
const DRAIN_MS = 5000;

/** How a site is. */
export interface ChatSiteOptions {
  readonly port: number;
  readonly disk: ChatDisk;
  readonly tokens?: readonly Token[] | undefined;
  readonly flags?: Partial<ServeFlags>;
  /** Its lines. @default {some} */
  readonly path?: PathSettings;
  /** A bug: buffers that are given back count on. */
  readonly leaksBuffers?: boolean;
}

interface Running {
  readonly process: SimProcess;
  readonly served: Served;
  readonly line: Server<ChatKinds>;
  readonly budget: MemoryBudget;
}

/** A server of chat. */
export class ChatSite {
  readonly machine: SimMachine;
  readonly #sim: Sim;
  readonly #options: ChatSiteOptions;
  #running: Running | undefined;

  constructor(sim: Sim, options: ChatSiteOptions) {
    this.#sim = sim;
    this.#options = options;
    const random = sim.stream("server");
    this.machine = sim.machine({
      name: "server",
      offsetUs: random.between(-2_000_000, 2_000_000),
      ppm: random.between(-50, 50),
      path: options.path ?? pathOf(random, 20_000),
      boot: (process) => {
        this.#serve(process).catch((error) => sim.fail("quiet", `the server failed: ${error}`));
      },
    });
    const { disk } = options;
    sim.watch(
      "bytes of the server's buffers",
      BUDGET_BYTES / 4,
      () => this.#running?.budget.usedBytes ?? 0,
    );
    sim.watch("posts that wait for their commit", 256, () => disk.posts);
  }

  /** Whether it runs, and commands can be given. */
  get isUp(): boolean {
    return this.#running !== undefined && !this.#running.process.isDead;
  }

  /** Gives a command at the console. The answer never comes when the server is killed meanwhile. */
  console(command: string, onReply: (reply: Reply) => void = () => {}): void {
    const running = this.#running;
    if (running === undefined) return;
    running.process.enter(() => {
      if (this.#running !== running) return;
      running.served.run(command).then((reply) => {
        this.#sim.note(`console: ${command}: ${reply.lines.join("; ")}`);
        onReply(reply);
      });
    });
  }

  /** Ends it in good order, as ^C does. */
  stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return Promise.resolve();
    this.#running = undefined;
    const { process, served, line, budget } = running;
    const end = async () => {
      const over = new AbortController();
      const late = sleep(process.clock, DRAIN_MS, over.signal).catch(() => {});
      await Promise.race([served.drain("the simulation ends"), late]);
      over.abort();
      await line.close({ code: "shutting-down", message: "come back" });
      served[Symbol.dispose]();
      const { size } = line.connections;
      this.#sim.check("ends", size === 0, `the server has ended with ${size} connections`);
      this.#sim.check(
        "memory",
        budget.usedBytes === 0,
        () => `the server has ended, and ${budget.usedBytes} bytes are in use`,
      );
    };
    return new Promise((resolve) => process.enter(() => void end().then(resolve)));
  }

  async #serve(process: SimProcess): Promise<void> {
    const { disk, port, tokens, flags } = this.#options;
    const { clock, network } = process;
    const store = disk.storeFor(process);
    const snapshot = await store.load();
    const options: ServeFlags = {
      ...{ host: "127.0.0.1", port, maxClients: 100, store: "chat.sqlite", mode: "rooms" },
      ...{ maxFile: 2 ** 30, pace: 10, insecure: false, json: false },
      ...flags,
    };
    const served = (options.mode === "relay" ? serveRelay : serveRooms)({ clock }, options, {
      store,
      snapshot,
      onTrouble: (error) => this.#onTrouble(error),
      onHealed: () => this.#sim.count("stores that took lines again"),
    });
    const budget = new MemoryBudget(BUDGET_BYTES);
    if (this.#options.leaksBuffers) {
      budget.give = () => {};
    }
    const line = listen(
      chatService,
      {
        ...{ host: "127.0.0.1", port, tokens, maxClients: 100, network, clock, budget },
        sessions: served.gate,
        admit: (candidate) => served.admit(candidate),
      },
      (connection) => {
        if (connection.terms.resumed) this.#sim.count("sessions resumed");
        return served.join(connection);
      },
    );
    this.#running = { process, served, line, budget };
    this.#sim.note("the server is up");
  }

  #onTrouble(error: unknown): void {
    if (error instanceof StoreError && error.code === "full") return;
    this.#sim.fail("quiet", `the server complains: ${error}`);
  }
}
