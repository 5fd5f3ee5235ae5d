import assert from "node:assert/strict";
import { FakeRoom } from "../fake_context.ts";

const PATH = "/home/ada/.config/tram/token";

Deno.test("token new makes a token that token show prints and that never shows elsewhere", async () => {
  const room = new FakeRoom();
  const made = room.run(["token", "new"]);
  assert.equal(await made.exitCode, 0);
  const secret = room.texts.get(PATH)?.trim() ?? "";
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.equal(made.stdout.text, "");
  assert(!made.stderr.text.includes(secret));
  const named = room.run(["token", "new", "bob"]);
  assert.equal(await named.exitCode, 0);
  const shown = room.run(["token", "show"]);
  assert.equal(await shown.exitCode, 0);
  assert.equal(shown.stdout.text, room.texts.get(PATH));
  assert.match(shown.stdout.text, /^[0-9a-f]{64}\nbob [0-9a-f]{64}\n$/);
});

Deno.test("token new refuses a name that is taken or no name at all", async () => {
  const room = new FakeRoom();
  await room.run(["token", "new", "bob"]).exitCode;
  const before = room.texts.get(PATH);
  const again = room.run(["token", "new", "bob"]);
  assert.equal(await again.exitCode, 2);
  assert.match(again.stderr.text, /^tram: Cannot make token "bob": .* has one; .*\n$/);
  const odd = room.run(["token", "new", "a b"]);
  assert.equal(await odd.exitCode, 2);
  assert.equal(room.texts.get(PATH), before);
});

Deno.test("token show says how to make one when there is none", async () => {
  const room = new FakeRoom();
  const shown = room.run(["token", "show"]);
  assert.equal(await shown.exitCode, 1);
  assert.equal(
    shown.stderr.text,
    `tram: there is no token at ${PATH}; make one with "tram token new"\n`,
  );
});

for (
  const [what, server, client, env, code] of [
    ["an open server on loopback", [], [], {}, 0],
    ["the user's own token on both sides", ["--host", "0.0.0.0"], ["--host", "0.0.0.0"], {}, 0],
    ["a token file on both sides", ["--token-file", "/room"], ["--token-file", "/room"], {}, 0],
    ["TRAM_TOKEN at the client", ["--token-file", "/room"], [], { TRAM_TOKEN: "1".repeat(64) }, 0],
    ["another token", ["--token-file", "/room"], ["--token-file", "/other"], {}, 77],
    ["a server that does not prove itself", [], ["--token-file", "/room"], {}, 77],
    ["the same, insecure", [], ["--token-file", "/room", "--insecure"], {}, 0],
  ] as const
) {
  Deno.test(`timer ping with ${what} ends with ${code}`, async () => {
    const room = new FakeRoom();
    room.texts.set("/room", `${"1".repeat(64)}\n`);
    room.texts.set("/other", `${"2".repeat(64)}\n`);
    room.texts.set(PATH, `${"3".repeat(64)}\n`);
    const serving = room.run(["timer", "serve", "--port", "7000", ...server]);
    await serving.stdout.matching(/listening/);
    const ping = room.run(["timer", "ping", "--port", "7000", "--count", "3", ...client], env);
    assert.equal(await room.clock.runUntil(ping.exitCode), code, ping.stderr.text);
    for (const digit of "123") {
      const all = serving.stdout.text + serving.stderr.text + ping.stdout.text + ping.stderr.text;
      assert(!all.includes(digit.repeat(16)), "a token was printed");
    }
    serving.interrupt();
    await room.clock.runUntil(serving.exitCode);
  });
}

Deno.test("timer serve --host 0.0.0.0 without a token says what to do, and ends with 2", async () => {
  const room = new FakeRoom();
  const serving = room.run(["timer", "serve", "--host", "0.0.0.0"]);
  assert.equal(await serving.exitCode, 2);
  assert.match(
    serving.stderr.text,
    /^tram: Cannot listen on 0\.0\.0\.0 without a token, .*"tram token new".*--insecure\n$/,
  );
});

Deno.test("timer serve --insecure on all addresses warns that anybody may come in", async () => {
  const room = new FakeRoom();
  const serving = room.run(["timer", "serve", "--host", "0.0.0.0", "--insecure"]);
  await serving.stderr.matching(/\n/);
  assert.match(serving.stderr.text, /^tram: warning: everybody may come in, and .*encrypted\n/);
  serving.interrupt();
  assert.equal(await room.clock.runUntil(serving.exitCode), 0);
});
