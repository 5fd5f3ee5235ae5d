/**
 * What the peers of the framing bench have in common: their command line and their report.
 *
 * ```text
 *   PEER recv N                       prints {"port":…}, then one report, and exits
 *   PEER send N PORT WARM_MS RUN_MS   prints one report, and exits
 * ```
 *
 * Each pair makes two connections. The first warms both processes up, the second is measured. N
 * counts kind and payload, as on the wire; a frame has N + 4 bytes.
 */
import process from "node:process";
import { print } from "../print.ts";

/** What one side of a transfer has to say about it. */
export interface PeerReport {
  readonly frames: number;
  /** Sum of the sequence numbers modulo 2^32, signed; `null` where there are no frames to look at. */
  readonly sum: number | null;
  readonly seconds: number;
  /** CPU time in this process meanwhile. */
  readonly userUs: number;
  readonly systemUs: number;
}

/** Measures from its construction on. */
export class Stopwatch {
  readonly #startMs = performance.now();
  readonly #startCpu = process.cpuUsage();

  /** Ends the measurement. */
  report(frames: number, sum: number | null): PeerReport {
    const seconds = (performance.now() - this.#startMs) / 1e3;
    const { user, system } = process.cpuUsage(this.#startCpu);
    return { frames, sum, seconds, userUs: user, systemUs: system };
  }
}

/** One way to move frames between two processes. */
export interface Peer {
  /**
   * Listens on a free port, and tells `onDone` of each connection when it has ended; from its first
   * byte to its last.
   *
   * @returns the port
   */
  receive(n: number, onDone: (report: PeerReport) => void): number | Promise<number>;
  /** Sends frames over one connection until `untilMs` of `performance.now()`. @returns how many */
  send(n: number, port: number, untilMs: number): Promise<number>;
}

/** Bytes in one write of the peers that do nothing but write: what was fastest for frames of N. */
export function writeBytesFor(n: number): number {
  return n < 64 * 1024 ? 256 * 1024 : 1024 * 1024;
}

/** Kind of the frames. */
export const DATA_KIND = 0x20;

/** Runs `peer` as the command line says. */
export async function runPeer(peer: Peer): Promise<void> {
  const [role, n, port, warmMs, runMs] = Deno.args;
  if (role === "recv") {
    let isWarm = false;
    const chosen = await peer.receive(Number(n), (report) => {
      if (isWarm) {
        print(JSON.stringify(report));
        Deno.exit(0);
      }
      isWarm = true;
    });
    return print(JSON.stringify({ port: chosen }));
  }
  await peer.send(Number(n), Number(port), performance.now() + Number(warmMs));
  const stopwatch = new Stopwatch();
  const frames = await peer.send(Number(n), Number(port), performance.now() + Number(runMs));
  print(JSON.stringify(stopwatch.report(frames, null)));
  Deno.exit(0);
}

/** Writes all of `bytes`. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Says that nothing more comes, and waits until the other side has read it all. */
export async function hangUp(conn: Deno.TcpConn): Promise<void> {
  await conn.closeWrite();
  while (await conn.read(new Uint8Array(64)) !== null);
  conn.close();
}

/** Listens on a free port and gives one connection after the other to `serve`. */
export function listenRaw(serve: (conn: Deno.TcpConn) => Promise<void>): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const conn of listener) {
      conn.setNoDelay(true);
      await serve(conn);
      conn.close();
    }
  })();
  return listener.addr.port;
}

/** Connects to a peer of this machine. */
export async function connectRaw(port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  return conn;
}
