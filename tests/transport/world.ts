/** What transport tests stand on: a network, a fake clock, and peers that do as they please. */
import assert from "node:assert/strict";
import { FakeClock, settle } from "../../lib/clock/fake_clock.ts";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial, type DialOptions } from "../../lib/transport/dial.ts";
import { encodeFrame, HANDSHAKE_MAX_FRAME_BYTES, Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { FrameView } from "../../lib/transport/frame_view.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import { listen, type ListenOptions, type Server } from "../../lib/transport/listen.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import type { Address, ByteStream, Network } from "../../lib/transport/network.ts";
import type { Handlers } from "../../lib/transport/routes.ts";
import {
  defineService,
  json,
  type Kinds,
  raw,
  type Service,
  text,
} from "../../lib/transport/service.ts";
import * as v from "valibot";

/** How often `until` looks before it gives up; each look is one turn of the event loop. */
const MAX_TURNS = 400_000;

/** A network and a clock to run a test on. */
export interface World {
  readonly name: string;
  readonly network: Network;
  readonly clock: FakeClock;
  readonly budget: MemoryBudget;
}

/** Makes a fresh world. */
export type WorldMaker = () => World;

/** A world in memory. */
export function memoryWorld(): World & { readonly network: MemoryNetwork } {
  const clock = new FakeClock();
  const network = new MemoryNetwork({ clock });
  return { name: "memory", network, clock, budget: new MemoryBudget(64 * 1024 * 1024) };
}

/** Lets the event loop turn until `holds`. Real sockets need it; a fake clock does not move. */
export async function until(holds: () => boolean, what = "the condition"): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (holds()) return;
    await settle();
  }
  assert.fail(`waited in vain for ${what}`);
}

/** Calls `send` until it was refused in fifty turns in a row; says how often it was not. */
export async function fillUp(send: () => boolean): Promise<number> {
  let accepted = 0;
  for (let refused = 0; refused < 50; await settle()) {
    if (send()) {
      accepted++;
      refused = 0;
    } else refused++;
  }
  return accepted;
}

/** A service with every form of kind, for tests. */
export const testService: Service<{
  readonly data: ReturnType<typeof raw>;
  readonly note: ReturnType<typeof text>;
  readonly form: ReturnType<typeof json<{ n: number }>>;
  readonly bulk: ReturnType<typeof raw>;
  readonly heldBulk: ReturnType<typeof raw>;
  readonly extra: ReturnType<typeof raw>;
}> = defineService({
  name: "test",
  kinds: {
    data: raw(0x20),
    note: text(0x21),
    form: json(0x22, v.object({ n: v.number() })),
    bulk: raw(0x23, { lane: "bulk" }),
    heldBulk: raw(0x24, { lane: "bulk", credit: "service" }),
    extra: raw(0x80),
  },
});

/** Handlers after each of which the slab is overwritten, as later frames would. */
export function poisoned<K extends Kinds>(handlers: Handlers<K>): Handlers<K> {
  const wrapped: Record<string, (message: unknown) => void> = {};
  for (const [name, handler] of Object.entries(handlers)) {
    wrapped[name] = (message) => {
      (handler as (message: unknown) => void)(message);
      if (message instanceof FrameView) message.subarray().fill(0xdd);
    };
  }
  return wrapped as Handlers<K>;
}

/** A server and one client of it. */
export interface Pair<K extends Kinds> extends AsyncDisposable {
  readonly server: Server<K>;
  readonly client: Connection<K>;
  /** The server's end of the connection. */
  readonly served: Connection<K>;
}

/** Connects a client to a new server. */
export async function connectPair<K extends Kinds>(
  world: World,
  service: Service<K>,
  sides: { server?: Handlers<K>; client?: Handlers<K> },
  options: { listen?: Partial<ListenOptions>; dial?: Partial<DialOptions> } = {},
): Promise<Pair<K>> {
  const { network, clock, budget } = world;
  let served: Connection<K> | undefined;
  const server = listen(service, { network, clock, budget, ...options.listen }, (connection) => {
    served = connection;
    return poisoned(sides.server ?? {});
  });
  const client = await dial(
    service,
    { ...server.address, clientId: "ada", network, clock, budget, ...options.dial },
    () => poisoned(sides.client ?? {}),
  );
  await until(() => served !== undefined, "the server's end");
  return {
    server,
    client,
    get served() {
      assert(served !== undefined);
      return served;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), server.close()]);
    },
  };
}

/** A peer that shakes hands and from then on sends and reads what a test says. */
export class RawPeer {
  readonly stream: ByteStream;
  readonly #decoder: FrameDecoder;

  constructor(stream: ByteStream, decoder: FrameDecoder) {
    this.stream = stream;
    this.#decoder = decoder;
  }

  /** Writes bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.stream.write(bytes.subarray(at));
  }

  /** Writes a frame. */
  send(kind: number, payload: Uint8Array | string = ""): Promise<void> {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    return this.write(encodeFrame(kind, bytes));
  }

  /** The next frame, or `undefined` at the end. */
  async next(): Promise<{ kind: number; payload: Uint8Array } | undefined> {
    for (;;) {
      const view = this.#decoder.next();
      if (view !== undefined) return { kind: view.kind, payload: view.copy() };
      const n = await this.stream.read(this.#decoder.space());
      if (n === null) return undefined;
      this.#decoder.filled(n);
    }
  }

  /** Reads on until an ERROR comes; says its code. */
  async errorCode(): Promise<string> {
    for (let frame; (frame = await this.next()) !== undefined;) {
      if (frame.kind === Kind.Error) return JSON.parse(decodeUtf8(frame.payload)).code;
    }
    return "hung up without ERROR";
  }

  /** Hangs up. */
  close(): void {
    this.stream.close();
  }
}

/** Text of UTF-8 bytes. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Connects without shaking hands. */
export async function rawStream(world: World, address: Address): Promise<RawPeer> {
  const stream = await world.network.connect(address, new AbortController().signal);
  const { budget } = world;
  const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
  return new RawPeer(stream, decoder);
}

/** Connects and shakes hands, without the machinery of a connection. */
export async function rawClient(
  world: World,
  service: Service,
  address: Address,
): Promise<RawPeer> {
  const stream = await world.network.connect(address, new AbortController().signal);
  const { budget } = world;
  const decoder = new FrameDecoder({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES, budget });
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const line = new HandshakeLine(stream, decoder);
  await clientHandshake(line, service.name, { clientId: "raw" }, nonce);
  decoder.maxFrameBytes = service.maxFrameBytes;
  return new RawPeer(stream, decoder);
}

/** A server of `service` that a test talks to by hand. */
export async function serveRaw<K extends Kinds>(
  world: World,
  service: Service<K>,
  handlers: Handlers<K>,
  options: Partial<ListenOptions> = {},
): Promise<{ server: Server<K>; peer: RawPeer; served: Connection<K> }> {
  const { network, clock, budget } = world;
  let served: Connection<K> | undefined;
  const server = listen(service, { network, clock, budget, ...options }, (connection) => {
    served = connection;
    return poisoned(handlers);
  });
  const peer = await rawClient(world, service, server.address);
  await until(() => served !== undefined, "the server's end");
  return { server, peer, served: served as Connection<K> };
}
