/** Servers and clients of a soak, in a folder of their own that goes with it. */
import { formatToken, newToken } from "../../lib/transport/token.ts";
import { ChatPart } from "./chat_part.ts";
import { CollectPart } from "./collect_part.ts";
import { MapreducePart } from "./mapreduce_part.ts";
import { type Part } from "./part.ts";
import { childrenOf } from "./proc_figures.ts";
import { type Program, Programs } from "./program.ts";
import { RelayPart } from "./relay_part.ts";
import { TimerPart } from "./timer_part.ts";

/** The timer's server runs under `launch`, which also starts a client again and again. */
const LAUNCH_FILE = `name = "soak"

[roles.timer]
run = ["tram", "timer", "serve", "--port", "0", "--max-clients", "20", "--log-level", "warn"]
ready = { line = 'listening on \\S+:(?<port>\\d+)' }
env = { TRAM_TOKEN_FILE = "@TOKEN@" }

[roles.ping]
after = ["timer"]
run = ["tram", "timer", "ping", "--port", "{timer.port}", "--count", "500", "--json"]
env = { TRAM_TOKEN_FILE = "@TOKEN@" }
restart = "always"
restart_limit = 1000000
`;

/** Longest that a server may take until it listens, in milliseconds. */
const READY_MS = 30_000;

/** A server that listens. */
interface Server {
  readonly program: Program;
  readonly port: number;
  /** Process that serves. */
  readonly pid: number;
}

/** All that runs. */
export class SoakWorld implements AsyncDisposable {
  /** What servers wrote to standard error: warnings and errors. */
  readonly complaints: string[] = [];
  /** Loads, by service. */
  readonly parts: Readonly<Record<string, Part>>;
  readonly #folder: string;
  readonly #programs: Programs;
  readonly #servers: Readonly<Record<string, Server>>;
  readonly #collect: CollectPart;
  readonly #chat: ChatPart;

  private constructor(
    folder: string,
    programs: Programs,
    servers: Readonly<Record<string, Server>>,
    complaints: string[],
    loads:
      & { readonly collect: CollectPart; readonly chat: ChatPart }
      & Readonly<Record<string, Part>>,
  ) {
    [this.#folder, this.#programs, this.#servers] = [folder, programs, servers];
    [this.complaints, this.parts] = [complaints, loads];
    [this.#collect, this.#chat] = [loads.collect, loads.chat];
  }

  /** Starts servers, then clients, and waits until all are there. */
  static async start(seed: number): Promise<SoakWorld> {
    const folder = await Deno.makeTempDir({ prefix: "tram-soak-" });
    const token = newToken();
    const tokenFile = `${folder}/token`;
    await Deno.writeTextFile(tokenFile, `${formatToken(token)}\n`, { mode: 0o600 });
    await Deno.writeTextFile(
      `${folder}/launch.toml`,
      LAUNCH_FILE.replaceAll("@TOKEN@", tokenFile),
    );
    const programs = new Programs(folder, {
      NO_COLOR: "1",
      TRAM_CONFIG_DIR: `${folder}/config`,
      TRAM_STATE_DIR: `${folder}/state`,
      TRAM_CONFIG: "none",
      TRAM_TOKEN_FILE: tokenFile,
      SOAK_HEAP: `${folder}/heap`,
    });
    await Deno.mkdir(`${folder}/heap`);
    const complaints: string[] = [];
    try {
      const collectStore = `${folder}/collect.sqlite`;
      const chatStore = `${folder}/chat.sqlite`;
      const relayStore = `${folder}/relay.sqlite`;
      const serve = (name: string, ...args: string[]) =>
        startServer(programs, [...args, "--port", "0", "--json", "--log-level", "warn"], (line) => {
          complaints.push(`${name}: ${line}`);
        });
      const [timer, collect, chat, relay] = await Promise.all([
        startTimer(programs, (line) => complaints.push(`launch: ${line}`)),
        serve("collect", "collect", "serve", "--store", collectStore),
        serve("chat", "chat", "serve", "--store", chatStore),
        serve(
          "relay",
          "chat",
          "serve",
          "--store",
          relayStore,
          "--mode",
          "relay",
          "--game",
          "tictactoe",
        ),
      ]);
      const loads = {
        timer: new TimerPart(timer.port, token),
        collect: new CollectPart(collect.port, token, programs, collectStore),
        chat: new ChatPart({ port: chat.port, token, programs, folder, store: chatStore }),
        relay: new RelayPart({ port: relay.port, token, programs, store: relayStore, seed }),
        mapreduce: new MapreducePart(programs, `${folder}/mapreduce`),
      };
      await loads.timer.start();
      loads.collect.start();
      await loads.chat.start();
      await loads.relay.start();
      await loads.mapreduce.start(seed);
      return new SoakWorld(folder, programs, { timer, collect, chat, relay }, complaints, loads);
    } catch (error) {
      await programs[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** Processes that stay for the whole time, by name. */
  pids(): Record<string, number> {
    const { timer, collect, chat, relay } = this.#servers;
    const launch = timer?.program.pid ?? 0;
    const pids: Record<string, number | undefined> = {
      timer: timer?.pid,
      collect: collect?.pid,
      chat: chat?.pid,
      relay: relay?.pid,
      launch,
      "launch guard": childrenOf(launch)[0],
      "collect client": this.#collect.steady.pid,
      "chat client": this.#chat.steadyPid,
    };
    return Object.fromEntries(
      Object.entries(pids).filter((pid): pid is [string, number] => pid[1] !== undefined),
    );
  }

  /** Bytes of each store and its write-ahead log. */
  files(): Record<string, number> {
    const names = ["collect", "chat", "relay"].flatMap((
      name,
    ) => [`${name}.sqlite`, `${name}.sqlite-wal`]);
    return Object.fromEntries(names.flatMap((name) => {
      try {
        return [[name, Deno.statSync(`${this.#folder}/${name}`).size]];
      } catch {
        return []; // it is not there now
      }
    }));
  }

  /** Bytes of each heap that are alive, as far as processes say so. */
  heaps(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.pids()).flatMap(([name, pid]) => {
        try {
          return [[name, Number(Deno.readTextFileSync(`${this.#folder}/heap/${pid}`))]];
        } catch {
          return []; // it has not looked yet, or never does
        }
      }),
    );
  }

  /** Names of servers that do not run any more. */
  fallen(): string[] {
    return Object.entries(this.#servers).filter(([, { program }]) => !program.isRunning)
      .map(([name]) => name);
  }

  /** Ends servers in good order. @returns what is wrong */
  async stopServers(): Promise<string[]> {
    const faults = await Promise.all(
      Object.entries(this.#servers).map(async ([name, { program }]) => {
        const code = await program.stop();
        const wanted = name === "timer" ? 130 : 0; // it is launch that ends, as after ^C
        return code === wanted ? [] : [`the server of ${name} ended with ${code}`];
      }),
    );
    return faults.flat();
  }

  /** For who cannot wait: kills everything, and removes the folder as far as that goes. */
  abandon(): void {
    this.#programs.kill();
    try {
      Deno.removeSync(this.#folder, { recursive: true });
    } catch {
      // something was written meanwhile
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#programs[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function startServer(
  programs: Programs,
  args: readonly string[],
  onErrorLine: (line: string) => void,
): Promise<Server> {
  const ready = Promise.withResolvers<number>();
  const program = programs.start(args, {
    onErrorLine,
    looksAtHeap: true,
    onLine: (line) => {
      const event = JSON.parse(line);
      if (event.type === "listening") ready.resolve(event.port);
    },
  });
  const port = await readyOf(program, args, ready.promise);
  return { program, port, pid: program.pid };
}

async function startTimer(
  programs: Programs,
  onErrorLine: (line: string) => void,
): Promise<Server> {
  const pid = Promise.withResolvers<number>();
  const port = Promise.withResolvers<number>();
  const args = ["launch", "up", "launch.toml", "--no-logs", "--json", "--log-level", "error"];
  const program = programs.start(args, {
    onErrorLine,
    onLine: (line) => {
      const event = JSON.parse(line);
      if (event.copy !== "timer") {
        if (event.type === "exited" && event.code !== 0 && event.signal === null) {
          onErrorLine(`ping ended with ${event.code}`);
        }
        return;
      }
      if (event.type === "started") pid.resolve(event.pid);
      if (event.type === "ready") port.resolve(Number(event.values.port));
      if (event.type === "line" && event.stream === "stderr") onErrorLine(event.text);
    },
  });
  const both = Promise.all([pid.promise, port.promise]);
  const [server, listening] = await readyOf(program, args, both);
  return { program, port: listening, pid: server };
}

/** @throws {Error} when it ends before it is ready, or takes too long */
async function readyOf<T>(
  program: Program,
  args: readonly string[],
  ready: Promise<T>,
): Promise<T> {
  const what = `"tram ${args.join(" ")}"`;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Cannot wait for ${what} any longer`)), READY_MS);
  program.ended.then((code) => reject(new Error(`Cannot go on: ${what} ended with ${code}`)));
  failed.catch(() => {}); // it may be ready long before it ends
  try {
    return await Promise.race([ready, failed]);
  } finally {
    clearTimeout(timer);
  }
}
