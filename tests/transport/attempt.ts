/** One client that tries to get in, and what may be done to its frames on the way. */
import assert from "node:assert/strict";
import { eventLine } from "../../lib/log/server_log.ts";
import type { Credentials } from "../../lib/transport/client_handshake.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { listen, type ListenOptions, type ServerEvent } from "../../lib/transport/listen.ts";
import type { ByteStream, Network } from "../../lib/transport/network.ts";
import { memoryWorld, testService, type World } from "./world.ts";

/** What came of one client's attempt to get in. */
export interface Attempt {
  /** Code that the client ended with; `welcome` when it got in. */
  readonly client: string;
  /** Who found the fault, from the client's view. */
  readonly origin: string;
  /** Codes with which the server refused somebody. */
  readonly refused: readonly string[];
  /** What the server would log. */
  readonly log: readonly string[];
  /** Clients that the server let in. */
  readonly joined: number;
}

/** One server, one client, and what came of it. `between` sits on the wire. */
export async function attempt(
  listenOptions: Partial<ListenOptions>,
  credentials: Partial<Credentials>,
  between: (network: Network) => Network = (network) => network,
  world: World = memoryWorld(),
): Promise<Attempt> {
  const { network, clock, budget } = world;
  const events: ServerEvent[] = [];
  const server = listen(
    testService,
    { network, clock, budget, onEvent: (event) => events.push(event), ...listenOptions },
    () => ({ note() {} }),
  );
  let client = "welcome";
  let origin = "";
  let connection: Connection | undefined;
  const dialling = dial(
    testService,
    {
      ...server.address,
      clientId: "ada",
      clock,
      budget,
      network: between(network),
      ...credentials,
    },
    () => ({}),
  ).then((opened) => connection = opened, (error) => {
    assert(error instanceof LineError, String(error));
    client = error.code;
    origin = error.origin;
  });
  await clock.runUntil(dialling);
  await clock.runUntil((async () => {
    await connection?.close();
    await server.close();
  })());
  assert.equal(budget.usedBytes, 0);
  const refused = events.flatMap((event) => event.type === "refused" ? [event.error.code] : []);
  const log = events.map((event) => eventLine(event, "text"));
  return { client, origin, refused, log, joined: events.filter((e) => e.type === "joined").length };
}

/** Changes the n-th frame that passes in one direction. */
export function tampering(
  direction: "there" | "back",
  index: number,
  change: (frame: Uint8Array) => Uint8Array | undefined,
): (network: Network) => Network {
  return (network) => ({
    isEncrypted: false,
    listen: (address) => network.listen(address),
    async connect(address, signal) {
      const stream = await network.connect(address, signal);
      let seen = 0;
      const pass = (frame: Uint8Array) => seen++ === index ? change(frame) : frame;
      return direction === "there" ? tamperWrites(stream, pass) : tamperReads(stream, pass);
    },
  });
}

/** In the handshake each write is one frame. */
export function tamperWrites(
  stream: ByteStream,
  pass: (frame: Uint8Array) => Uint8Array | undefined,
): ByteStream {
  return {
    ...stream,
    async write(bytes) {
      const changed = pass(bytes);
      if (changed === undefined) return bytes.length;
      for (let at = 0; at < changed.length;) at += await stream.write(changed.subarray(at));
      return bytes.length;
    },
  };
}

/** In the handshake, over memory, each read is one frame. */
function tamperReads(
  stream: ByteStream,
  pass: (frame: Uint8Array) => Uint8Array | undefined,
): ByteStream {
  return {
    ...stream,
    async read(into) {
      for (;;) {
        const n = await stream.read(into);
        if (n === null) return null;
        const changed = pass(into.slice(0, n));
        if (changed === undefined) continue;
        into.set(changed);
        return changed.length;
      }
    },
  };
}
