/**
 * A network in memory, with faults on request: for tests of services, for the simulator, and for
 * everything that runs in one process. Nothing on it takes time but what the clock is told.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system_clock.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { MemoryPath, type PathSettings } from "./memory_path.ts";
import {
  type Address,
  type ByteStream,
  formatAddress,
  type Network,
  type StreamListener,
} from "./network.ts";

/** Options of a {@linkcode MemoryNetwork}. */
export interface MemoryNetworkOptions {
  /** Where time comes from. @default {systemClock} */
  readonly clock?: Clock;
  /** What each new connection does on the way to the server. */
  readonly there?: PathSettings;
  /** What each new connection does on the way back. */
  readonly back?: PathSettings;
  /** Numbers from 0 to below 1, for the jitter. @default {Math.random} */
  readonly random?: () => number;
}

/** A connection of a {@linkcode MemoryNetwork}, seen from above. */
export class MemoryLink {
  /** From the client to the server. */
  readonly there: MemoryPath;
  /** From the server to the client. */
  readonly back: MemoryPath;

  /** For the network. */
  constructor(there: MemoryPath, back: MemoryPath) {
    this.there = there;
    this.back = back;
  }

  /** Both ends see a reset; what is on the way is lost. */
  cut(): void {
    this.there.cut();
    this.back.cut();
  }

  /** Bytes go no further in either direction until {@linkcode resume}. */
  stall(): void {
    this.there.stall();
    this.back.stall();
  }

  /** Ends a stall. */
  resume(): void {
    this.there.resume();
    this.back.resume();
  }

  /** The client's machine is gone without a word: the server sees silence, as with a pulled plug. */
  vanish(): void {
    this.there.vanish();
    this.back.vanish();
  }
}

/** A network in memory. */
export class MemoryNetwork implements Network {
  /** All connections since the start, in order. */
  readonly links: MemoryLink[] = [];
  readonly isEncrypted = false;
  readonly #options: MemoryNetworkOptions;
  readonly #clock: Clock;
  readonly #listeners = new Map<string, (stream: ByteStream) => void>();
  #nextPort = 49_152;

  /** A network without anybody on it. */
  constructor(options: MemoryNetworkOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  listen({ host, port }: Address): StreamListener {
    const address = { host, port: port === 0 ? this.#nextPort++ : port };
    const key = formatAddress(address);
    if (this.#listeners.has(key)) {
      throw new LineError(
        LineErrorCode.CannotListen,
        `Cannot listen on ${key}: the port is in use`,
      );
    }
    const arrived: ByteStream[] = [];
    let waiting: ((stream: ByteStream | undefined) => void) | undefined;
    this.#listeners.set(key, (stream) => {
      if (waiting === undefined) arrived.push(stream);
      else waiting(stream);
      waiting = undefined;
    });
    return {
      address,
      accept: () => {
        const stream = arrived.shift();
        if (stream !== undefined || !this.#listeners.has(key)) return Promise.resolve(stream);
        return new Promise((resolve) => waiting = resolve);
      },
      close: () => {
        this.#listeners.delete(key);
        for (const stream of arrived) stream.close();
        waiting?.(undefined);
      },
    };
  }

  connect(address: Address, signal: AbortSignal): Promise<ByteStream> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const key = formatAddress(address);
    const deliver = this.#listeners.get(key);
    if (deliver === undefined) {
      return Promise.reject(
        new LineError(
          LineErrorCode.Unreachable,
          `Cannot reach ${key}: connection refused; is the server running?`,
        ),
      );
    }
    const { there, back, random = Math.random } = this.#options;
    const link = new MemoryLink(
      new MemoryPath(this.#clock, random, there),
      new MemoryPath(this.#clock, random, back),
    );
    this.links.push(link);
    const client = { host: address.host, port: this.#nextPort++ };
    deliver(streamOf(client, link.there, link.back));
    return Promise.resolve(streamOf(address, link.back, link.there));
  }
}

function streamOf(peer: Address, incoming: MemoryPath, outgoing: MemoryPath): ByteStream {
  return {
    peer,
    read: (into) => incoming.read(into),
    write: (bytes) => outgoing.write(bytes),
    closeWrite() {
      outgoing.end();
      return Promise.resolve();
    },
    close() {
      outgoing.end();
      incoming.abandon();
    },
  };
}
