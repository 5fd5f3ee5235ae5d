/**
 * Sets what Deno has no call for on the sockets that a TLS listener accepts. They inherit options of
 * TCP from the listening socket (Linux, macOS), so these are set there, by the system's own call.
 *
 * - Nagle's algorithm is turned off. Deno leaves it on: what a server writes while its last segment is
 *   not acknowledged waits for up to 44 ms then.
 * - A peer that takes nothing for a minute is given up by the system (Linux; RFC 5482). Deno keeps the
 *   socket of a closed TLS connection until all that was written is gone, so whoever stops reading
 *   could otherwise hold as many sockets of a server as they like, whatever its limits.
 */

/** Numbers of the socket interface, which differ between systems. */
interface SocketNumbers {
  readonly library: string;
  readonly solSocket: number;
  readonly soAcceptConn: number;
  /** Missing where the system has none that counts a closed window. */
  readonly tcpUserTimeout?: number;
}

const NUMBERS: Readonly<Record<string, SocketNumbers>> = {
  linux: { library: "libc.so.6", solSocket: 1, soAcceptConn: 30, tcpUserTimeout: 18 },
  darwin: { library: "libSystem.dylib", solSocket: 0xffff, soAcceptConn: 0x0002 },
};

const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

/** The line gives up such a peer after three heartbeats, which is earlier unless a service is slow. */
const STALL_MS = 60_000;

/** Descriptors are given out from below, so that of a listener is not far up. */
const MAX_DESCRIPTOR = 65_536;
/** After so many numbers without a socket, there is none any more. */
const MAX_GAP = 4096;

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
} as const;

/**
 * Sets the options for all that the listener on `port` of this process accepts from now on.
 *
 * @param stallMs longest time that a peer may take nothing, in milliseconds
 * @returns whether it did; not where the system, or a lack of rights, does not let it
 */
export function tuneListener(port: number, stallMs = STALL_MS): boolean {
  const numbers = NUMBERS[Deno.build.os];
  if (numbers === undefined) return false;
  // Whoever uses this as a library may have given no right to it: then nobody is to be asked for it,
  // since all of the process would wait for the answer.
  const { state } = Deno.permissions.querySync({ name: "ffi", path: numbers.library });
  if (state !== "granted") return false;
  try {
    const library = Deno.dlopen(numbers.library, SYMBOLS);
    try {
      return setOptions(library.symbols, numbers, port, stallMs);
    } finally {
      library.close();
    }
  } catch {
    return false; // no such library, or no right to call it
  }
}

function setOptions(
  { getsockname, getsockopt, setsockopt }: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"],
  { solSocket, soAcceptConn, tcpUserTimeout }: SocketNumbers,
  port: number,
  stallMs: number,
): boolean {
  const address = new Uint8Array(128); // more than any socket's
  const data = new DataView(address.buffer);
  const size = new Uint32Array(1);
  const value = new Int32Array(1);
  const set = (fd: number, option: number, to: number) => {
    value[0] = to;
    return setsockopt(fd, IPPROTO_TCP, option, value, value.byteLength) === 0;
  };
  let isDone = false;
  for (let fd = 0, gap = 0; fd < MAX_DESCRIPTOR && gap < MAX_GAP; fd++, gap++) {
    size[0] = address.length;
    if (getsockname(fd, address, size) !== 0) continue;
    gap = 0;
    if (data.getUint16(2) !== port) continue; // where IPv4 and IPv6 addresses have it
    size[0] = value.byteLength;
    if (getsockopt(fd, solSocket, soAcceptConn, value, size) !== 0 || value[0] === 0) continue;
    isDone = set(fd, TCP_NODELAY, 1);
    if (tcpUserTimeout !== undefined) isDone = set(fd, tcpUserTimeout, stallMs) && isDone;
  }
  return isDone;
}
