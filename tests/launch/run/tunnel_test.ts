import assert from "node:assert/strict";
import fc from "fast-check";
import { type RolePlan, rolePlan } from "../../../lib/launch/run/launch_plan.ts";
import { Tunnel, TUNNEL_HOST } from "../../../lib/launch/run/tunnel.ts";
import { tunnelledCopies } from "../../../lib/launch/run/tunnelled_copies.ts";
import { allocatedPorts } from "../../../lib/launch/ssh/allocated_ports.ts";
import { MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import type { ByteStream } from "../../../lib/transport/network.ts";
import { writeAll } from "../../../lib/transport/write_all.ts";

const signal = new AbortController().signal;

/** All bytes until the end. */
async function readAll(stream: ByteStream): Promise<number[]> {
  const all: number[] = [];
  const buffer = new Uint8Array(1000);
  for (let count; (count = await stream.read(buffer)) !== null;) {
    all.push(...buffer.subarray(0, count));
  }
  return all;
}

/** A network with a tunnel to `server`, and what it says. */
function world() {
  const network = new MemoryNetwork();
  const words: string[] = [];
  const debug = (text: string | (() => string)) =>
    void words.push(typeof text === "string" ? text : text());
  const tunnel = new Tunnel({ network, log: { debug }, copies: ["server", "other"] });
  const dial = async (copy: string) =>
    await network.connect({ host: TUNNEL_HOST, port: tunnel.portOf(copy) ?? 0 }, signal);
  return { network, tunnel, words, dial };
}

Deno.test("Tunnel carries bytes both ways to where a copy listens now, and each end by itself", async () => {
  const { network, tunnel, dial } = world();
  using _ = tunnel;
  assert.equal(tunnel.ports.length, 2);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200_000 }),
      fc.uint8Array(),
      async (there, back) => {
        const server = network.listen({ host: TUNNEL_HOST, port: 0 });
        tunnel.lead("server", server.address.port); // as after each restart
        const client = await dial("server");
        const served = await server.accept();
        assert(served !== undefined);
        const arrived = readAll(served);
        await writeAll(client, there);
        await client.closeWrite();
        assert.deepEqual(await arrived, [...there]);
        await writeAll(served, back); // the other direction is still open
        served.close();
        assert.deepEqual(await readAll(client), [...back]);
        client.close();
        server.close();
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("Tunnel closes what it cannot carry on, and says why", async () => {
  const { tunnel, words, dial } = world();
  using _ = tunnel;
  assert.deepEqual(await readAll(await dial("server")), []);
  tunnel.lead("server", 9);
  assert.deepEqual(await readAll(await dial("server")), []);
  assert.equal(words[0], "a tunnel to server broke: it is not ready");
  assert.match(words[1] ?? "", /^a tunnel to server broke: Cannot reach 127\.0\.0\.1:9/);
  tunnel.lead("unknown", 9);
  assert.equal(tunnel.portOf("unknown"), undefined);
});

Deno.test("Tunnel ends all that goes through it", async () => {
  const { network, tunnel, words, dial } = world();
  const server = network.listen({ host: TUNNEL_HOST, port: 0 });
  tunnel.lead("server", server.address.port);
  const client = await dial("server");
  const served = await server.accept();
  assert(served !== undefined);
  tunnel[Symbol.dispose]();
  assert.deepEqual([await readAll(client), await readAll(served)], [[], []]);
  await assert.rejects(dial("other"));
  assert.deepEqual(words, []);
  served.close();
  client.close();
  server.close();
});

Deno.test("tunnelledCopies() names what is here and wanted elsewhere, each once", () => {
  const role = (name: string, args: string[], rest: Partial<RolePlan> = {}) =>
    rolePlan({ name, run: { program: null, args }, ...rest });
  const copies = tunnelledCopies({
    name: "room",
    end: undefined,
    roles: [
      ...[role("server", []), role("pair", [], { copies: 2 }), role("alone", ["{pair.1.port}"])],
      role("far", ["{server.host}:{server.port}", "{pair.2.port}", "{index}"], { machines: "m" }),
      role("farther", ["{far.port}"], {
        machines: "m",
        env: { X: "{server.port}", Y: "{no.port}" },
      }),
    ],
  });
  assert.deepEqual(copies, ["server", "pair.2"]);
});

Deno.test("allocatedPorts() reads what ssh says, and nothing that looks like it", () => {
  const text = [
    "Warning: Permanently added '192.0.2.7' (ED25519) to the list of known hosts.\r",
    "Allocated port 41835 for remote forward to 127.0.0.1:5001\r",
    "Allocated port 41836 for remote forward to 127.0.0.1:5002",
    "Allocated port 41837 for remote forward to example.com:80",
    "Welcome! Allocated port 1 for remote forward to 127.0.0.1:5003",
  ].join("\n");
  assert.deepEqual([...allocatedPorts(text)], [[5001, 41835], [5002, 41836]]);
});
