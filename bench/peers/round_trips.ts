/**
 * What the peers of the round-trip bench have in common.
 *
 * ```text
 *   PEER serve             prints {"port":…} and serves until it is ended
 *   PEER ping PORT         prints {"p50Us":…,"p99Us":…}, and exits
 * ```
 */
import { print } from "../print.ts";

/** N of the frames: kind and 63 bytes. */
export const FRAME_N = 64;
const WARM_EXCHANGES = 2_000;
const EXCHANGES = 20_000;

/** Takes the time of each exchange. */
export class RoundTrips {
  readonly #times = new Float64Array(EXCHANGES);
  #count = -WARM_EXCHANGES;
  #sentMs = 0;

  /** To be called just before a message is sent. */
  sending(): void {
    this.#sentMs = performance.now();
  }

  /** To be called when the answer is here. @returns whether another exchange is wanted */
  received(): boolean {
    const elapsedMs = performance.now() - this.#sentMs;
    if (this.#count >= 0) this.#times[this.#count] = elapsedMs;
    return ++this.#count < EXCHANGES;
  }

  /** Prints the percentiles. */
  report(): void {
    const sorted = this.#times.toSorted();
    const at = (percent: number) =>
      (sorted[Math.ceil(EXCHANGES * percent / 100) - 1] as number) * 1e3;
    print(JSON.stringify({ p50Us: at(50), p99Us: at(99) }));
  }
}

/** Runs a peer as the command line says. */
export async function runEcho(
  serve: () => number,
  ping: (port: number, roundTrips: RoundTrips) => Promise<void>,
): Promise<void> {
  const [role, port] = Deno.args;
  if (role === "serve") return print(JSON.stringify({ port: serve() }));
  const roundTrips = new RoundTrips();
  await ping(Number(port), roundTrips);
  roundTrips.report();
  Deno.exit(0);
}
