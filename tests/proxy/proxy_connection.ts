import type { ByteStream } from "../../lib/transport/network.ts";
import { type PathOptions, ProxyPath } from "./proxy_path.ts";
import type { Direction } from "./scripts.ts";

/** What a {@linkcode ProxyConnection} is made of. */
export interface ProxyConnectionOptions {
  /** Number of the connection, from 0. */
  readonly connection: number;
  readonly client: ByteStream;
  readonly server: ByteStream;
  /** What else the path of a direction needs. */
  readonly pathOptions: (direction: Direction) => Pick<PathOptions, "clock" | "state"> & {
    readonly maxWaitingBytes: number;
    readonly onScriptError: (error: unknown) => void;
  };
}

/** One connection through the proxy. It closes both streams when neither passes anything on. */
export class ProxyConnection {
  /** Resolves when nothing of it runs any more; never rejects. */
  readonly finished: Promise<unknown>;
  readonly #streams: readonly ByteStream[];
  readonly #paths: Readonly<Record<Direction, ProxyPath>>;
  #ended = 0;

  /** Starts both directions. */
  constructor({ connection, client, server, pathOptions }: ProxyConnectionOptions) {
    this.#streams = [client, server];
    const start = (direction: Direction, source: ByteStream, sink: ByteStream) =>
      new ProxyPath({
        ...pathOptions(direction),
        source,
        sink,
        where: { connection, direction },
        onOver: (how) => {
          if (how === "torn" || ++this.#ended === 2) this.close();
        },
      });
    this.#paths = { there: start("there", client, server), back: start("back", server, client) };
    this.finished = Promise.all([this.#paths.there.finished, this.#paths.back.finished]);
  }

  /** Looks again whether a direction is stalled. */
  wake(direction: Direction): void {
    this.#paths[direction].wake();
  }

  /** Closes both streams. */
  close(): void {
    this.#paths.there.close();
    this.#paths.back.close();
    for (const stream of this.#streams) stream.close();
  }
}
