/** Counts who is at the door and who is in, and says who finds no place. Pure. */
import { LineError, LineErrorCode } from "./line_error.ts";

/** How many may be there at once. */
export interface AdmissionLimits {
  /** Clients that are logged in. */
  readonly maxClients: number;
  /** Connections, logged in or not. */
  readonly maxConnections: number;
  /** Connections from one address. */
  readonly maxConnectionsPerAddress: number;
}

/** Counts connections and clients of one server. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #perHost = new Map<string, number>();
  #connections = 0;
  #clients = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Whether there are more connections than there may be. */
  get isCrowded(): boolean {
    return this.#connections > this.#limits.maxConnections;
  }

  /** Whether more connections are from `host` than there may be. */
  hasTooMany(host: string): boolean {
    return (this.#perHost.get(host) ?? 0) > this.#limits.maxConnectionsPerAddress;
  }

  /** Counts a connection from `host`; each `arrive` needs its `leave`. */
  arrive(host: string): void {
    this.#connections++;
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + 1);
  }

  /** A connection from `host` is gone. */
  leave(host: string): void {
    this.#connections--;
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left > 0) this.#perHost.set(host, left);
    else this.#perHost.delete(host);
  }

  /** @throws {LineError} `full` when one connection too many is from `host`, or there are too many */
  checkRoom(host: string): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (this.isCrowded) {
      throw new LineError(LineErrorCode.Full, `Full: ${maxConnections} connections are open`);
    }
    if (this.hasTooMany(host)) {
      throw new LineError(
        LineErrorCode.Full,
        `Full: ${maxConnectionsPerAddress} connections from your address are open`,
      );
    }
  }

  /** Takes a client's place; it needs its `givePlace`. @throws {LineError} `full` */
  takePlace(): void {
    const { maxClients } = this.#limits;
    if (this.#clients >= maxClients) {
      throw new LineError(
        LineErrorCode.Full,
        `Full: ${maxClients} ${maxClients === 1 ? "client is" : "clients are"} here already`,
      );
    }
    this.#clients++;
  }

  /** Gives a client's place back. */
  givePlace(): void {
    this.#clients--;
  }
}
