/**
 * A proxy for tests: it stands between clients and a server of tram, knows where frames begin and
 * end, and does to them what a script says. It takes any `Network`, and time only from its clock: on
 * a `MemoryNetwork` with a `FakeClock` each run is the same.
 *
 * ```ts
 * const rules = { back: { 0x21: at([3, 7, 8], drop) }, there: { 0x20: every(10, delayBy(50)) } };
 * await using proxy = new FaultProxy({ network, clock, target: server.address, rules });
 * const client = await dial(timerService, { ...proxy.address, ...options }, handlersFor);
 * proxy.stall({ direction: "back" }); // and later: proxy.resume()
 * assert.equal(proxy.counters.back.dropped, 3); // what it really did
 * ```
 *
 * Actions are in `actions.ts`, scripts in `scripts.ts`. What it promises:
 *
 * 1. Frames that no rule is for keep their order. Frames of the transport (0x01 to 0x1f) always do.
 * 2. Indices count the frames of one kind, in one direction of one connection, from 0.
 * 3. The end of one direction is passed on behind all its frames, late and held ones included; the
 *    other direction goes on. A reset ends both, as well as this network's `close()` can say it.
 * 4. After a length of 0 or above 64 MiB the rest of that direction passes as it is.
 * 5. It reads no further while `maxWaitingBytes` wait on one direction of one connection.
 * 6. A frame goes out when all of it has come in. During a stall what is being written, 64 KiB at
 *    most, is finished.
 */
import type { Clock } from "../../lib/clock/clock.ts";
import type { Address, ByteStream, Network, StreamListener } from "../../lib/transport/network.ts";
import { Counters } from "./counters.ts";
import { ProxyConnection } from "./proxy_connection.ts";
import type { DirectionState } from "./proxy_path.ts";
import type { Direction, Rules } from "./scripts.ts";

/** Both of them. */
const DIRECTIONS = ["there", "back"] as const;

/** What one or both directions do to everything that goes through. */
export interface Shape {
  /** @default {both} */
  readonly direction?: Direction;
  /** Time that is added on the way, in microseconds; for what is read from then on. */
  readonly delayUs?: number;
  /** Bytes per second of each connection. */
  readonly bytesPerSecond?: number;
}

/** Options of a {@linkcode FaultProxy}. */
export interface FaultProxyOptions extends Omit<Shape, "direction"> {
  readonly network: Network;
  readonly clock: Clock;
  /** The server. */
  readonly target: Address;
  /** What happens to frames. @default {everything passes} */
  readonly rules?: Rules;
  /** Where to listen. @default {127.0.0.1, any port} */
  readonly listen?: Address;
  /** Bytes that may wait in one direction of one connection. @default {1 MiB} */
  readonly maxWaitingBytes?: number;
}

/** A proxy that does to frames what a script says. */
export class FaultProxy implements AsyncDisposable {
  /** Where it listens. */
  readonly address: Address;
  /** What it really did. */
  readonly counters: Readonly<Record<Direction, Counters>> = {
    there: new Counters(),
    back: new Counters(),
  };
  /** Connections that it accepted, and those of them for which the server was not reached. */
  accepted = 0;
  unreachable = 0;
  readonly #options: FaultProxyOptions;
  readonly #states: Readonly<Record<Direction, DirectionState>>;
  readonly #listener: StreamListener;
  readonly #accepting: Promise<void>;
  readonly #connections = new Set<ProxyConnection>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #scriptErrors: unknown[] = [];

  /**
   * Listens at once.
   *
   * @throws {LineError} `cannot-listen`
   */
  constructor(options: FaultProxyOptions) {
    this.#options = options;
    const state = (direction: Direction): DirectionState => ({
      counters: this.counters[direction],
      rules: options.rules?.[direction],
      delayUs: options.delayUs ?? 0,
      bytesPerSecond: options.bytesPerSecond ?? Infinity,
      isStalled: false,
    });
    this.#states = { there: state("there"), back: state("back") };
    this.#listener = options.network.listen(options.listen ?? { host: "127.0.0.1", port: 0 });
    this.address = this.#listener.address;
    this.#accepting = this.#accept();
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#connections.size;
  }

  /** Replaces the rules, for frames that are read from now on; indices count on. */
  set rules(rules: Rules) {
    for (const direction of DIRECTIONS) this.#states[direction].rules = rules[direction];
  }

  /** Everything waits on its way, the end of a stream too; nothing is lost. */
  stall({ direction }: { readonly direction?: Direction } = {}): void {
    for (const each of chosen(direction)) this.#states[each].isStalled = true;
  }

  /** Ends a stall: what is due goes out, in order. */
  resume({ direction }: { readonly direction?: Direction } = {}): void {
    for (const each of chosen(direction)) {
      this.#states[each].isStalled = false;
      for (const connection of this.#connections) connection.wake(each);
    }
  }

  /** Changes the delay or the bandwidth. */
  shape({ direction, delayUs, bytesPerSecond }: Shape): void {
    for (const each of chosen(direction)) {
      const state = this.#states[each];
      state.delayUs = delayUs ?? state.delayUs;
      state.bytesPerSecond = bytesPerSecond ?? state.bytesPerSecond;
    }
  }

  /** Closes both sides of all connections now; what is on its way is lost. */
  cutAll(): void {
    for (const connection of this.#connections) connection.close();
  }

  /**
   * Closes everything and waits until it is closed.
   *
   * @throws the first error of a script; its connection was cut
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the proxy is closed"));
    this.#listener.close();
    this.cutAll();
    await this.#accepting;
    await Promise.all(this.#tasks);
    if (this.#scriptErrors.length > 0) throw this.#scriptErrors[0];
  }

  async #accept(): Promise<void> {
    for (let client; (client = await this.#listener.accept()) !== undefined;) {
      const task: Promise<void> = this.#serve(client, this.accepted++)
        .finally(() => this.#tasks.delete(task));
      this.#tasks.add(task);
    }
  }

  async #serve(client: ByteStream, connection: number): Promise<void> {
    const { network, clock, target, maxWaitingBytes = 1024 * 1024 } = this.#options;
    let server: ByteStream;
    try {
      server = await network.connect(target, this.#stop.signal);
    } catch {
      this.unreachable++;
      return client.close();
    }
    const line = new ProxyConnection({
      connection,
      client,
      server,
      pathOptions: (direction) => ({
        clock,
        state: this.#states[direction],
        maxWaitingBytes,
        onScriptError: (error) => this.#scriptErrors.push(error),
      }),
    });
    this.#connections.add(line);
    if (this.#stop.signal.aborted) line.close();
    await line.finished;
    this.#connections.delete(line);
  }
}

function chosen(direction: Direction | undefined): readonly Direction[] {
  return direction === undefined ? DIRECTIONS : [direction];
}
