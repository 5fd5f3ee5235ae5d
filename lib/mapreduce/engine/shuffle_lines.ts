/** Lines to other workers, dialled when the first run is wanted and kept. */
import type { Clock } from "../../clock/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { dial } from "../../transport/dial.ts";
import type { MemoryBudget } from "../../transport/memory_budget.ts";
import { formatAddress, type Network } from "../../transport/network.ts";
import type { Token } from "../../transport/token.ts";
import { LinePost } from "./line_post.ts";
import type { Source } from "./messages.ts";
import { type ShuffleKinds, shuffleService } from "./protocol.ts";
import { Requests } from "./requests.ts";

/** Time to reach another worker, in milliseconds. */
const DIAL_MS = 3000;

/** Time in which a worker that could not be reached is not dialled again, in milliseconds. */
const AVOID_MS = 30_000;

/** How often it is asked whether a worker gives anything; one that did not in all of that time is given up. */
const WATCH_MS = 5000;

/** What lines are made of. */
export interface ShuffleLinesParts {
  readonly clock: Clock;
  readonly network: Network;
  readonly token: Token | undefined;
  /** Id of this worker. */
  readonly id: string;
  readonly budget?: MemoryBudget;
}

interface Line {
  readonly requests: Promise<Requests<ShuffleKinds> | undefined>;
  connection?: Connection<ShuffleKinds>;
}

/** Lines to other workers. */
export class ShuffleLines {
  readonly #parts: ShuffleLinesParts;
  readonly #lines = new Map<string, Line>();
  readonly #avoidUntilNs = new Map<string, number>();
  #isOver = false;

  /** No line yet. */
  constructor(parts: ShuffleLinesParts) {
    this.#parts = parts;
  }

  /** The line to who has a run. @returns `undefined`: it cannot be reached now */
  to(source: Source): Promise<Requests<ShuffleKinds> | undefined> {
    const key = `${source.worker} ${formatAddress(source)}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known.requests;
    const nowNs = this.#parts.clock.monotonicNs();
    if (this.#isOver || source.port === 0 || (this.#avoidUntilNs.get(key) ?? 0) > nowNs) {
      return Promise.resolve(undefined);
    }
    const line: Line = { requests: this.#dial(source, key, () => line) };
    this.#lines.set(key, line);
    return line.requests;
  }

  /** Ends all lines. */
  async close(): Promise<void> {
    this.#isOver = true;
    const lines = [...this.#lines.values()];
    await Promise.all(lines.map(async (line) => {
      await line.requests;
      await line.connection?.close();
    }));
  }

  /** Gives a line up whose other end lives and gives nothing: the coordinator gets it, or has it made again. */
  #watch(
    connection: Connection<ShuffleKinds>,
    requests: Requests<ShuffleKinds>,
    key: string,
  ): void {
    const { clock } = this.#parts;
    const timer = clock.after(WATCH_MS, () => {
      if (!requests.isSilent()) return this.#watch(connection, requests, key);
      this.#avoidUntilNs.set(key, clock.monotonicNs() + AVOID_MS * 1e6);
      connection.abort("silent", "What was asked for does not come");
    });
    connection.closed.then(() => timer.cancel());
  }

  async #dial(
    { host, port }: Source,
    key: string,
    line: () => Line,
  ): Promise<Requests<ShuffleKinds> | undefined> {
    const { clock, network, token, id, budget } = this.#parts;
    let requests: Requests<ShuffleKinds> | undefined;
    const options = {
      ...{ host, port, clock, network, clientId: id, timeoutMs: DIAL_MS },
      ...(token === undefined ? { tokenUse: "if-asked" as const } : { token }),
      ...(budget && { budget }),
    };
    try {
      const connection = await dial(shuffleService, options, (connection) => {
        const made = requests = new Requests(new LinePost(connection));
        return { data: (view) => made.data(view), dataEnd: (end) => made.dataEnd(end) };
      });
      line().connection = connection;
      connection.closed.then(() => this.#lines.delete(key));
      if (requests !== undefined) this.#watch(connection, requests, key);
      if (this.#isOver) await connection.close();
      return requests;
    } catch {
      // Unreachable, refused, of another run: in each case the coordinator carries the run.
      this.#lines.delete(key);
      this.#avoidUntilNs.set(key, clock.monotonicNs() + AVOID_MS * 1e6);
      return undefined;
    }
  }
}
