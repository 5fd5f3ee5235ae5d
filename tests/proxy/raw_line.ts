/** A proxy between two plain streams in memory, and numbered frames to send through it. */
import { FakeClock } from "../../lib/clock/fake_clock.ts";
import type { Clock } from "../../lib/clock/clock.ts";
import { encodeFrame, HEAD_BYTES, LENGTH_BYTES } from "../../lib/transport/frame.ts";
import { MemoryNetwork, type MemoryNetworkOptions } from "../../lib/transport/memory_network.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import { FaultProxy, type FaultProxyOptions } from "./fault_proxy.ts";
import { FrameCutter } from "./frame_cutter.ts";

/** Both ends of a connection through a proxy. */
export interface RawLine extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly proxy: FaultProxy;
  readonly client: ByteStream;
  readonly server: ByteStream;
}

/** Connects through a proxy, in memory. */
export async function rawLine(
  options: Partial<FaultProxyOptions> = {},
  paths: MemoryNetworkOptions = {},
): Promise<RawLine> {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock, ...paths });
  const listener = network.listen({ host: "127.0.0.1", port: 0 });
  const proxy = new FaultProxy({ network, clock, target: listener.address, ...options });
  const client = await network.connect(proxy.address, new AbortController().signal);
  const server = await listener.accept() as ByteStream;
  listener.close();
  return {
    clock,
    network,
    proxy,
    client,
    server,
    async [Symbol.asyncDispose]() {
      client.close();
      server.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** A frame that came out of the proxy. */
export interface Arrival {
  readonly kind: number;
  readonly number: number;
  readonly atMs: number;
}

/** A frame with a number in its first four bytes of payload. */
export function numbered(kind: number, number: number, payloadBytes = 4): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(payloadBytes);
  new DataView(payload.buffer).setUint32(0, number);
  return encodeFrame(kind, payload);
}

/** Numbered frames of one kind, `first` to `last`, one behind the other. */
export function run(kind: number, first: number, last: number): Uint8Array<ArrayBuffer> {
  return joined(
    Array.from({ length: last - first + 1 }, (_, i) => numbered(kind, first + i)),
  );
}

/** All of `parts`, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Collects the numbered frames that arrive on a stream. */
export class Collector {
  readonly arrivals: Arrival[] = [];
  /** Resolves with the bytes behind the last whole frame at the end, with `reset` if it broke. */
  readonly ended: Promise<Uint8Array | "reset">;
  isOver = false;

  constructor(stream: ByteStream, clock: Clock) {
    this.ended = this.#collect(stream, clock).finally(() => this.isOver = true);
  }

  /** The numbers, in the order in which they arrived. */
  get numbers(): number[] {
    return this.arrivals.map(({ number }) => number);
  }

  async #collect(stream: ByteStream, clock: Clock): Promise<Uint8Array | "reset"> {
    const cutter = new FrameCutter();
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await stream.read(buffer).catch(() => "reset" as const);
      if (count === "reset") return count;
      if (count === null) return cutter.takeRest();
      cutter.push(buffer.subarray(0, count));
      for (let frame; (frame = cutter.next()) !== undefined;) {
        const number = new DataView(frame.buffer).getUint32(HEAD_BYTES);
        const kind = frame[LENGTH_BYTES] as number;
        this.arrivals.push({ kind, number, atMs: clock.monotonicNs() / 1e6 });
      }
    }
  }
}
