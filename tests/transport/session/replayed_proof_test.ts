import assert from "node:assert/strict";
import { encodeFrame, Kind } from "../../../lib/transport/frame.ts";
import { dialSession } from "../../../lib/transport/dial.ts";
import type { ByteStream, Network } from "../../../lib/transport/network.ts";
import { rawStream } from "../world.ts";
import { ADDRESS, numbered, settleAll, WordServer, wordWorld } from "./numbered_world.ts";

/** Bytes of the frames at the start of a stream. */
function framesOf(bytes: readonly number[]): { kind: number; payload: Uint8Array }[] {
  const all = Uint8Array.from(bytes);
  const view = new DataView(all.buffer);
  const frames = [];
  for (let at = 0; at + 5 <= all.length; at += 4 + view.getUint32(at)) {
    const end = at + 4 + view.getUint32(at);
    frames.push({ kind: all[at + 4] ?? 0, payload: all.slice(at + 5, end) });
  }
  return frames;
}

Deno.test("a recorded resumption is refused when it is played again", async () => {
  const { world, store, clock, network } = wordWorld();
  const server = new WordServer(world, store, 10);
  const heard: number[] = [];
  const tapped: Network = {
    isEncrypted: false,
    listen: (address) => network.listen(address),
    async connect(address, signal): Promise<ByteStream> {
      const stream = await network.connect(address, signal);
      return {
        peer: stream.peer,
        read: (into) => stream.read(into),
        async write(bytes) {
          const count = await stream.write(bytes);
          heard.push(...bytes.subarray(0, count));
          return count;
        },
        closeWrite: () => stream.closeWrite(),
        close: () => stream.close(),
      };
    },
  };
  const how = { ...ADDRESS, clientId: "ada", network: tapped, clock, budget: world.budget };
  const first = await dialSession(numbered, how, () => ({}));
  assert.ok(first.cookie !== undefined);
  const session = { id: first.connection.terms.session, cookie: first.cookie };
  heard.length = 0;
  const owner = await dialSession(numbered, { ...how, session }, () => ({}));
  await settleAll();
  const [hello, proof] = framesOf(heard);
  assert.deepEqual([hello?.kind, proof?.kind], [Kind.Hello, Kind.Proof]);

  const thief = await rawStream(world, ADDRESS);
  await thief.write(encodeFrame(Kind.Hello, hello?.payload ?? new Uint8Array(0)));
  assert.equal((await thief.next())?.kind, Kind.Challenge);
  await thief.write(encodeFrame(Kind.Proof, proof?.payload ?? new Uint8Array(0)));
  assert.equal(await thief.errorCode(), "bad-session");
  thief.close();
  await clock.advance(100);
  assert.equal(owner.connection.isOpen, true);
  await clock.runUntil(server.server.close());
});
