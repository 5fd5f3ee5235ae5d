import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { waitForPort } from "../../../lib/launch/run/wait_for_port.ts";
import type { Address, ByteStream } from "../../../lib/transport/network.ts";

Deno.test("waitForPort() takes whichever of its addresses takes connections", async () => {
  const clock = new FakeClock();
  const dialled: string[] = [];
  let open = "";
  const network = {
    isEncrypted: false,
    listen: () => assert.fail(),
    connect({ host }: Address): Promise<ByteStream> {
      dialled.push(host);
      if (host !== open) return Promise.reject(new Error("refused"));
      return Promise.resolve({ close() {} } as ByteStream);
    },
  };
  const hosts = ["127.0.0.1", "desk"].map((host) => ({ host, port: 7 }));
  const { signal } = new AbortController();
  const found = waitForPort({ network, clock }, hosts, signal);
  await settle();
  assert.deepEqual(dialled, ["127.0.0.1", "desk"]);
  open = "desk";
  await clock.runUntil(found);
  assert.deepEqual(dialled, ["127.0.0.1", "desk", "127.0.0.1", "desk"]);

  const ended = new AbortController();
  open = "";
  const vain = waitForPort({ network, clock }, hosts, ended.signal);
  vain.catch(() => {});
  await settle();
  ended.abort(new Error("it has ended"));
  await assert.rejects(clock.runUntil(vain), /it has ended/);
});
