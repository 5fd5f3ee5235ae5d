/** Commands of `timer` in a room, with a bound on each wait: a run that never ends fails its test. */
import { type FakeProcess, FakeRoom } from "../fake_context.ts";
import { FaultProxy } from "../proxy/fault_proxy.ts";
import type { Rules } from "../proxy/scripts.ts";

/** Longest wait for a command, in milliseconds of the fake clock. */
const LIMIT_MS = 60_000;

/**
 * Whether the fake clock is slow: each of its steps is a turn of the event loop, and on Deno 2.4 that
 * takes a millisecond. Long runs are shorter there.
 */
export const IS_SLOW: boolean = Deno.version.deno.startsWith("2.4.");

/** How a command ended. */
export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** What `timer ping --json` says, as far as tests look at it. */
export interface Summary {
  readonly end: string;
  readonly reason: { readonly code: string } | null;
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly late: number;
  readonly unanswered: number;
  readonly unsent: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly unexpected: number;
  readonly measured: number;
  readonly missing: number;
  readonly perSecond: number | null;
  readonly isRateReached: boolean | null;
  readonly isClientLimited: boolean;
  readonly response: Record;
  readonly service: Record;
  readonly held: Record;
  readonly lateness: Record;
  readonly gap: Record;
  readonly jitter: { readonly meanStepNs: number | null; readonly p50ToP95Ns: number | null };
  readonly blame: {
    readonly culprit: string | null;
    readonly slow: number;
    readonly lostNs: { readonly client: number; readonly server: number; readonly path: number };
    readonly stops: {
      readonly [side in "client" | "server"]: {
        readonly count: number;
        readonly totalNs: number;
        readonly longestNs: number;
      };
    };
  };
}

/** A distribution in a {@linkcode Summary}. */
export interface Record {
  readonly count: number;
  readonly minNs: number | null;
  readonly meanNs: number | null;
  readonly maxNs: number | null;
  readonly percentiles: readonly { readonly percentile: number; readonly ns: number | null }[];
}

/** The percentile `p` that a record shows. */
export function percentileOf(record: Record, p: number): number | null | undefined {
  return record.percentiles.find(({ percentile }) => percentile === p)?.ns;
}

/** A room with a server of `timer` in it. */
export class TimerRoom extends FakeRoom implements AsyncDisposable {
  #server: FakeProcess | undefined;
  #proxy: FaultProxy | undefined;

  /** The server that was started. */
  get server(): FakeProcess {
    if (this.#server === undefined) throw new Error("There is no server");
    return this.#server;
  }

  /** Starts the server. */
  async serve(...flags: readonly string[]): Promise<void> {
    this.#server = this.run(["timer", "serve", "--port", "7000", ...flags]);
    await this.within(this.#server.stdout.matching(/\n/));
  }

  /** Puts a proxy before the server; clients come to port 7001 then. */
  proxy(rules: Rules): FaultProxy {
    this.#proxy = new FaultProxy({
      network: this.network,
      clock: this.clock,
      target: { host: "127.0.0.1", port: 7000 },
      listen: { host: "127.0.0.1", port: 7001 },
      rules,
    });
    return this.#proxy;
  }

  /** Starts a client, of the proxy if there is one. */
  ping(flags: readonly string[], columns?: number): FakeProcess {
    const port = this.#proxy === undefined ? "7000" : "7001";
    return this.run(["timer", "ping", "--port", port, ...flags], {}, columns);
  }

  /** Waits for something, not for ever. */
  within<T>(promise: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
    return this.clock.runUntil(promise, limitMs);
  }

  /** Waits until a command has ended. */
  async ended(process: FakeProcess, limitMs?: number): Promise<Ended> {
    const exitCode = await this.within(process.exitCode, limitMs);
    return { exitCode, out: process.stdout.text, err: process.stderr.text };
  }

  /** Runs a client to its end. @returns its exit code and its summary */
  async summary(...flags: string[]): Promise<Summary & { readonly exitCode: number }> {
    const { exitCode, out } = await this.ended(this.ping(["--json", ...flags]));
    return { ...JSON.parse(out) as Summary, exitCode };
  }

  /** Runs another command to its end. */
  async command(...args: string[]): Promise<Ended> {
    return await this.ended(this.run(args));
  }

  /** Ends the server and the proxy. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.interrupt();
    if (this.#proxy !== undefined) await this.within(this.#proxy[Symbol.asyncDispose]());
    if (this.#server !== undefined) await this.within(this.#server.exitCode);
  }
}

/** A room with a server, whose path takes as long as is said, in microseconds. */
export async function timerRoom(
  { thereUs = 0, backUs = 0, jitterUs = 0 }: {
    readonly thereUs?: number;
    readonly backUs?: number;
    readonly jitterUs?: number;
  } = {},
  ...serverFlags: string[]
): Promise<TimerRoom> {
  const room = new TimerRoom({
    there: { delayUs: thereUs, jitterUs },
    back: { delayUs: backUs },
  });
  await room.serve(...serverFlags);
  return room;
}
