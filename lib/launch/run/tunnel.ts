import type { Logger } from "../../log/log.ts";
import type { ByteStream, Network, StreamListener } from "../../transport/network.ts";
import { writeAll } from "../../transport/write_all.ts";

/** Bytes that are carried at a time. */
const CHUNK_BYTES = 64 * 1024;

/** Address of both ends of a tunnel, each on its own machine. */
export const TUNNEL_HOST = "127.0.0.1";

/** What a {@linkcode Tunnel} is made of. */
export interface TunnelParts {
  /** As plain as it is: what goes through may be encrypted itself. */
  readonly network: Network;
  readonly log: Pick<Logger, "debug">;
  /** Names of the copies on this machine that others have to reach. */
  readonly copies: readonly string[];
}

/** A port of this machine that stands for that of a copy. */
interface Door {
  readonly listener: StreamListener;
  /** Port of the copy; `undefined` before it is known. */
  target: number | undefined;
}

/**
 * Ways from other machines to what runs here, for machines that cannot dial back: ssh brings the
 * connections to a port here, which is known before any server has chosen its own, and from there they
 * are carried on.
 */
export class Tunnel implements Disposable {
  readonly #network: Network;
  readonly #log: Pick<Logger, "debug">;
  readonly #doors = new Map<string, Door>();
  readonly #streams = new Set<ByteStream>();
  readonly #over = new AbortController();

  /** Opens the ports here. @throws {LineError} `cannot-listen` */
  constructor({ network, log, copies }: TunnelParts) {
    this.#network = network;
    this.#log = log;
    for (const copy of copies) {
      const door: Door = {
        listener: network.listen({ host: TUNNEL_HOST, port: 0 }),
        target: undefined,
      };
      this.#doors.set(copy, door);
      void this.#serve(copy, door);
    }
  }

  /** The ports here that ssh has to bring connections to. */
  get ports(): readonly number[] {
    return [...this.#doors.values()].map(({ listener }) => listener.address.port);
  }

  /** Which of them stands for a copy; `undefined`: none. */
  portOf(copy: string): number | undefined {
    return this.#doors.get(copy)?.listener.address.port;
  }

  /** Says at which port a copy listens now. */
  lead(copy: string, port: number): void {
    const door = this.#doors.get(copy);
    if (door !== undefined) door.target = port;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    for (const { listener } of this.#doors.values()) listener.close();
    for (const stream of this.#streams) stream.close();
  }

  async #serve(copy: string, door: Door): Promise<void> {
    for (let stream; (stream = await door.listener.accept()) !== undefined;) {
      void this.#carry(copy, door, stream);
    }
  }

  async #carry(copy: string, { target }: Door, near: ByteStream): Promise<void> {
    this.#streams.add(near);
    let far: ByteStream | undefined;
    try {
      if (target === undefined) throw new Error("it is not ready");
      far = await this.#network.connect({ host: TUNNEL_HOST, port: target }, this.#over.signal);
      this.#streams.add(far);
      await Promise.all([pump(near, far), pump(far, near)]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#over.signal.aborted) this.#log.debug(`a tunnel to ${copy} broke: ${why}`);
    } finally {
      for (const stream of [near, far]) {
        if (stream === undefined) continue;
        this.#streams.delete(stream);
        stream.close();
      }
    }
  }
}

/** Carries bytes until the end of one direction. */
async function pump(from: ByteStream, to: ByteStream): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let count; (count = await from.read(buffer)) !== null;) {
    await writeAll(to, buffer.subarray(0, count));
  }
  await to.closeWrite();
}
