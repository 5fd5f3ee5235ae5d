/** A server of `chat` and clients of it, as commands in a room. */
import { runTram } from "../../../lib/app.ts";
import { type FakeProcess, FakeRoom } from "../../fake_context.ts";
import { FakeInput } from "../../fake_input.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../../../lib/chat/join.ts";
import "../../../lib/chat/serve.ts";
import { FileHash } from "../../../lib/chat/files/file_hash.ts";

await FileHash.begin();

/** A client with its input. */
export interface Joined extends FakeProcess {
  readonly stdin: FakeInput;
  /** Events of `--json`, by type. */
  readonly events: () => Map<string, Readonly<Record<string, unknown>>[]>;
}

/** A room with a server. */
export class JoinRoom {
  readonly room: FakeRoom = new FakeRoom();
  readonly console: FakeInput = new FakeInput({ isTerminal: false });
  server: FakeProcess | undefined;

  /** Starts the server. */
  async serve(...flags: string[]): Promise<FakeProcess> {
    const args = ["chat", "serve", "--insecure", ...flags];
    const server = this.room.run(args, {}, undefined, runTram, this.console);
    this.server = server;
    await this.room.clock.runUntil(server.stdout.matching(/listening/));
    return server;
  }

  /** Starts a client. @param columns of its terminal; without, it has none */
  join(user: string, flags: readonly string[] = [], columns?: number): Joined {
    const stdin = new FakeInput({ isTerminal: columns !== undefined });
    const args = ["chat", "join", ...flags];
    const run = this.room.run(args, { USER: user }, columns, runTram, stdin);
    const events = () => {
      const objects = run.stdout.text.trimEnd().split("\n")
        .filter((line) => line !== "").map((line) => JSON.parse(line));
      return Map.groupBy(objects, ({ type }) => String(type));
    };
    return { ...run, stdin, events };
  }

  /** Waits, in the time of the room. */
  runUntil<T>(promise: Promise<T>): Promise<T> {
    return this.room.clock.runUntil(promise);
  }

  /**
   * Waits for what takes real time, as hashing does, while that of the room hardly moves: it would run
   * away otherwise, and whoever waits would give up.
   */
  async runSlowly<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => void (isDone = true);
    promise.then(done, done);
    for (let turns = 0; !isDone && turns < 100_000; turns++) await this.room.clock.advance(0.1);
    return await this.runUntil(promise);
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.server?.interrupt();
    if (this.server !== undefined) await this.runUntil(this.server.exitCode);
  }
}
