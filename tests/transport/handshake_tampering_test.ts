/** The handshake against somebody in between who changes, drops or records its frames. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { listen, type ServerEvent } from "../../lib/transport/listen.ts";
import type { Network } from "../../lib/transport/network.ts";
import { newToken } from "../../lib/transport/token.ts";
import { attempt, tampering, tamperWrites } from "./attempt.ts";
import { memoryWorld, rawStream, testService } from "./world.ts";

const token = newToken();

Deno.test("handshake refuses a PROOF without the token's part with token-required", async () => {
  const zeroed = tampering("there", 1, (frame) => frame.fill(0, 5));
  const result = await attempt({ tokens: [token] }, { token }, zeroed);
  assert.deepEqual([result.client, result.refused], ["token-required", ["token-required"]]);
});

Deno.test("handshake refuses a HELLO whose versions were changed on the way", async () => {
  const downgrade = tampering("there", 0, (frame) => {
    const payload = new TextDecoder().decode(frame.subarray(5)).replace("[1]", "[1,0]");
    return encodeFrame(Kind.Hello, new TextEncoder().encode(payload));
  });
  const result = await attempt({ tokens: [token] }, { token }, downgrade);
  assert.deepEqual([result.client, result.refused], ["bad-token", ["bad-token"]]);
});

Deno.test("handshake refuses a server that drops the demand for a token", async () => {
  const careless = tampering("back", 0, (frame) => {
    const text = new TextDecoder().decode(frame.subarray(5));
    const payload = text.replace('"tokenRequired":true', '"tokenRequired":false');
    return encodeFrame(Kind.Challenge, new TextEncoder().encode(payload));
  });
  const result = await attempt({ tokens: [token] }, { token }, careless);
  assert.equal(result.client, "server-unproven");
  assert.equal(result.joined, 0);
});

Deno.test("handshake refuses a version that was not offered, and unknown versions", async () => {
  const other = (kind: number, from: string, to: string) => (frame: Uint8Array) =>
    encodeFrame(
      kind,
      new TextEncoder().encode(new TextDecoder().decode(frame.subarray(5)).replace(from, to)),
    );
  const server = tampering("back", 0, other(Kind.Challenge, '"version":1', '"version":2'));
  assert.equal((await attempt({}, {}, server)).client, "version");
  const client = tampering("there", 0, other(Kind.Hello, "[1]", "[2,3]"));
  assert.deepEqual((await attempt({}, {}, client)).refused, ["version"]);
  const service = tampering("there", 0, other(Kind.Hello, '"test"', '"chat"'));
  assert.deepEqual((await attempt({}, {}, service)).refused, ["unknown-service"]);
});

Deno.test("handshake refuses a WELCOME that is cut, at every place", async () => {
  for (const keep of [0, 1, 4, 5, 20, 37, 100]) {
    const cut = tampering(
      "back",
      1,
      (frame) => encodeFrame(Kind.Welcome, frame.slice(5, 5 + keep)),
    );
    const { client } = await attempt({ tokens: [token] }, { token }, cut);
    assert(["bad-message", "server-unproven"].includes(client), `${keep} bytes: ${client}`);
  }
});

Deno.test("handshake refuses whenever one bit of one of its frames was changed", async () => {
  const place = fc.record({
    frame: fc.constantFrom(["there", 0], ["back", 0], ["there", 1], ["back", 1]) as fc.Arbitrary<
      ["there" | "back", number]
    >,
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(place, async ({ frame: [direction, index], at, bit }) => {
      const flip = tampering(direction, index, (frame) => {
        // The second half of PROOF proves a session, and there is none here: it is not looked at.
        const end = direction === "there" && index === 1 ? 37 : frame.length;
        const changed = frame.slice();
        const place = Math.floor(at * end);
        changed[place] = (changed[place] ?? 0) ^ 1 << bit;
        return changed;
      });
      const result = await attempt({ tokens: [token] }, { token }, flip);
      assert.notEqual(result.client, "welcome");
    }),
    { numRuns: 150 },
  );
});

Deno.test("handshake gives a recording of one session no use in a second one", async () => {
  const world = memoryWorld();
  const recorded: Uint8Array[] = [];
  const recording = (network: Network): Network => ({
    isEncrypted: false,
    listen: (address) => network.listen(address),
    connect: async (address, signal) =>
      tamperWrites(await network.connect(address, signal), (bytes) => {
        recorded.push(bytes.slice());
        return bytes;
      }),
  });
  assert.equal((await attempt({ tokens: [token] }, { token }, recording, world)).joined, 1);
  const { network, clock, budget } = world;
  const refused: string[] = [];
  const onEvent = (event: ServerEvent) => {
    assert(event.type === "refused");
    refused.push(event.error.code);
  };
  const options = { network, clock, budget, onEvent, tokens: [token] };
  const server = listen(testService, options, () => ({}));
  const replay = await rawStream(world, server.address);
  for (const frame of recorded) await replay.write(frame);
  assert.equal(await replay.errorCode(), "bad-token");
  replay.close();
  await server.close();
  assert.deepEqual(refused, ["bad-token"]);
});
