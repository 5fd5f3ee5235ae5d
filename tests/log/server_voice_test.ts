import assert from "node:assert/strict";
import { ServerVoice } from "../../lib/log/server_voice.ts";
import { StoreError } from "../../lib/store/store_error.ts";
import { MemoryNetwork } from "../../lib/transport/memory_network.ts";
import { LogFixture } from "./log_fixture.ts";

const ADDRESS = { host: "127.0.0.1", port: 7777 };

/** What a server tells of its life. */
async function told(json: boolean) {
  const world = new LogFixture();
  await using log = await world.open();
  let out = "";
  const voice = new ServerVoice({ log, stdout: { write: (text) => void (out += text) }, json });
  const network = new MemoryNetwork({ clock: world.clock, random: () => 0.5 });
  voice.listening(ADDRESS, { host: ADDRESS.host, tokens: undefined, network });
  voice.event({ type: "joined", peer: ADDRESS, clientId: "ada\u001b[31m" });
  voice.trouble(new StoreError("full", "Cannot write room.sqlite: no space"));
  voice.trouble("odd");
  voice.healed();
  voice.closing(ADDRESS);
  voice.closing(ADDRESS, "new disk");
  return { out, err: world.stderr };
}

Deno.test("ServerVoice says to people what happens, and on standard output only that it listens", async () => {
  assert.deepEqual(await told(false), {
    out: "listening on 127.0.0.1:7777\n",
    err: [
      "tram: ada\\x1b[31m joined from 127.0.0.1:7777",
      "tram: warning: the store takes nothing: Cannot write room.sqlite: no space",
      "tram: warning: the store takes nothing: odd",
      "tram: the store takes what comes again",
      "tram: closing 127.0.0.1:7777",
      "tram: closing 127.0.0.1:7777: new disk",
      "",
    ].join("\n"),
  });
});

Deno.test("ServerVoice tells programs the same as events", async () => {
  const events = (await told(true)).out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events, [
    { type: "listening", ...ADDRESS },
    { type: "joined", peer: "127.0.0.1:7777", clientId: "ada\u001b[31m" },
    { type: "trouble", code: "full", message: "Cannot write room.sqlite: no space" },
    { type: "trouble", code: "other", message: "odd" },
    { type: "healed" },
    { type: "closing", reason: "" },
    { type: "closing", reason: "new disk" },
  ]);
});
