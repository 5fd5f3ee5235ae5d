/**
 * What the line needs of a network: streams of bytes. Three are there: TCP (`tcpNetwork`), TLS
 * (`tlsNetwork`) and memory (`MemoryNetwork`).
 */

/** Where to listen or whom to dial. */
export interface Address {
  /** Name or IP address. */
  readonly host: string;
  /** 0 to 65535; 0 lets the system choose when listening. */
  readonly port: number;
}

/** A connected stream of bytes. The methods are those of `Deno.Conn`, with its contracts. */
export interface ByteStream {
  /** The other end. */
  readonly peer: Address;
  /** Reads up to `into.length` bytes; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte and maybe not all; says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /**
   * Lets the other streams of the process have their turn, if it is time. Whoever reads much asks after
   * each read. Streams that cannot keep each other waiting do not have it.
   */
  giveWay?(): Promise<void> | undefined;
  /** Ends the writing direction. */
  closeWrite(): Promise<void>;
  /** Ends both directions; pending calls settle. */
  close(): void;
}

/** A socket that accepts streams. */
export interface StreamListener {
  /** Where it listens; the port is the one that was chosen. */
  readonly address: Address;
  /** The next stream, or `undefined` once the listener is closed. */
  accept(): Promise<ByteStream | undefined>;
  /** Stops listening. */
  close(): void;
}

/** Makes streams. */
export interface Network {
  /** Nobody on the way can read or change what its streams carry. */
  readonly isEncrypted: boolean;
  /**
   * Listens on `address`.
   *
   * @throws {LineError} `cannot-listen`
   */
  listen(address: Address): StreamListener;
  /**
   * Connects to `address`.
   *
   * @throws {LineError} `unreachable`; over TLS also `untrusted` and `no-tls`
   * @throws the reason of `signal` when it aborts
   */
  connect(address: Address, signal: AbortSignal): Promise<ByteStream>;
}

/** An address as users write it: `host:port`, IPv6 in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether `host` can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
