/**
 * A server and a client of `timer` with a proxy between them. The server only answers; what the gaps
 * say is no matter here.
 */
import type { Clock } from "../../lib/clock/clock.ts";
import { readSequence, runIdFrom, writeMessageId } from "../../lib/timer/message_id.ts";
import { NO_GAP, REPLY_BYTES, timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import type { Connection } from "../../lib/transport/connection.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/listen.ts";
import type { Network } from "../../lib/transport/network.ts";
import { FaultProxy, type FaultProxyOptions } from "./fault_proxy.ts";

const RUN = runIdFrom(new Uint8Array(8));

/** Kinds of the service, for rules. */
export const REQUEST = timerService.kinds.request.code;
export const REPLY = timerService.kinds.reply.code;

/** A message that arrived. */
export interface TimerArrival {
  readonly sequence: number;
  readonly atMs: number;
}

/** A server and a client of `timer` with a proxy between them. */
export interface TimerLine extends AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void>;
  readonly proxy: FaultProxy;
  readonly client: Connection<typeof timerService.kinds>;
  /** REQUESTs in the order in which the server got them. */
  readonly requests: readonly TimerArrival[];
  /** REPLYs in the order in which the client got them. */
  readonly replies: readonly TimerArrival[];
  /** Sends the REQUEST with this sequence number. */
  request(sequence: number): void;
}

/** Starts all three. */
export async function timerLine(
  world: { readonly network: Network; readonly clock: Clock },
  options: Partial<FaultProxyOptions> = {},
): Promise<TimerLine> {
  const { network, clock } = world;
  const arrival = (view: Parameters<typeof readSequence>[0]): TimerArrival => ({
    sequence: readSequence(view, RUN),
    atMs: clock.monotonicNs() / 1e6,
  });
  const requests: TimerArrival[] = [];
  const replies: TimerArrival[] = [];
  const server = listen(timerService, { network, clock }, (connection) => {
    return {
      request(view) {
        requests.push(arrival(view));
        const reply = connection.reserve(timerService.kinds.reply, REPLY_BYTES);
        if (reply === undefined) return;
        for (let at = 0; at < UUID_BYTES; at += 4) reply.setUint32(at, view.getUint32(at));
        reply.setSafeInt64(UUID_BYTES, NO_GAP);
        reply.commit();
      },
    };
  });
  const proxy = new FaultProxy({ network, clock, target: server.address, ...options });
  const client = await dial(
    timerService,
    { ...proxy.address, clientId: "ada", network, clock },
    () => ({ reply: (view) => replies.push(arrival(view)) }),
  );
  return {
    proxy,
    client,
    requests,
    replies,
    request(sequence) {
      const writer = client.reserve(timerService.kinds.request, UUID_BYTES);
      if (writer === undefined) throw new Error("Cannot send: the connection is not open");
      writeMessageId(writer, RUN, sequence);
      writer.commit();
      client.flush();
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** The sequence numbers, in order. */
export function sequences(arrivals: readonly TimerArrival[]): number[] {
  return arrivals.map(({ sequence }) => sequence);
}
