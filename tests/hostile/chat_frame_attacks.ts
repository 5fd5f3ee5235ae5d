/** Bytes and frames that have no place where they are. */
import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/transport/frame.ts";
import { Random } from "../random.ts";
import vectors from "../vectors/chat.json" with { type: "json" };
import type { ChatAttacks } from "./chat_attack.ts";
import { ChatRoom } from "../e2e/chat_room.ts";
import { Villain } from "./chat_villain.ts";
import { wait } from "../e2e/processes.ts";

/** Noise, damaged frames, and whole ones in the wrong place. */
export const frameAttacks: ChatAttacks = {
  async "random bytes end their connection"({ port }) {
    const random = new Random(7);
    await Promise.all(Array.from({ length: 60 }, async (_, i) => {
      using noise = i % 2 === 0
        ? await Villain.knock(port)
        : await Villain.enter(port, `noise-${i}`);
      const bytes = random.bytes(random.between(8, 5000));
      if (random.oneIn(2)) bytes.set([0, 0, 0, 1 + i, 0x20 + i]); // a head that is right
      await noise.write(bytes);
      // A frame that is not whole yet is waited for.
      const end = await Promise.race([noise.ended, wait(300)]);
      if (end !== undefined) assert.notEqual(end.code, "internal");
    }));
  },

  async "frames that are damaged end their connection"({ port }) {
    const random = new Random(11);
    await Promise.all(
      vectors.frames.flatMap((frame) => [frame, frame]).map(async (frame, i) => {
        const bytes = bytesOf(frame);
        const length = random.oneIn(3) ? random.below(bytes.length) : bytes.length;
        const damaged = bytes.slice(0, length);
        for (let n = random.below(4); n > 0; n--) damaged[random.below(length)] = random.uint32();
        using late = await Villain.enter(port, `damaged-${i}`);
        await late.send(frame.kind, damaged);
        const end = await late.handled();
        assert.match(end?.code ?? "", /^(|bad-message|unexpected-kind)$/, frame.name);
      }),
    );
  },

  async "frames in the wrong direction or mode end their connection"({ room, port }) {
    await wrongFrames(port, "rooms");
    const other = new ChatRoom(`${room.folder}/relay`);
    await Deno.mkdir(other.folder);
    await using relay = await other.serve(["--mode", "relay", "--insecure"]);
    await wrongFrames(relay.port, "relay");
    assert.deepEqual(relay.process.of("trouble"), []);
  },
};

function bytesOf({ payload }: { readonly payload: string }): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(payload.match(/../g) ?? [], (hex) => parseInt(hex, 16));
}

/** Sends each frame of the vectors on a connection of its own, before the handshake and after it. */
async function wrongFrames(port: string, mode: "rooms" | "relay"): Promise<void> {
  const fromClients = mode === "rooms"
    ? /^(say|say-private|join|leave|history|nick|command|offer|answer|file-\w+)$/
    : /^(say|say-private|nick|join|leave|history|fin|command)$/;
  await Promise.all(vectors.frames.map(async (frame, i) => {
    const { name, kind } = frame;
    const bytes = bytesOf(frame);
    using early = await Villain.knock(port);
    await early.write(encodeFrame(kind, bytes));
    assert.equal((await early.over()).code, "unexpected-kind", `${name} before the handshake`);
    using late = await Villain.enter(port, `wrong-${i}`);
    await late.send(kind, bytes);
    const end = await late.handled();
    if (!fromClients.test(name)) assert.equal(end?.code, "unexpected-kind", `${name} in ${mode}`);
    else assert.match(end?.code ?? "", /^(|bad-message|fin)$/, `${name} in ${mode}`);
  }));
}
