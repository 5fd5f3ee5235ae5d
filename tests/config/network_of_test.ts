/** TLS options, as commands see them: files, what they hold, and what becomes of the network. */
import assert from "node:assert/strict";
import { newAuthority, newLeaf } from "../../lib/transport/tls/certificates.ts";
import { FakeRoom } from "../fake_context.ts";

const DAY_US = 24 * 3600 * 1e6;
const { clock } = new FakeRoom();
const authority = await newAuthority({ name: "room", days: 30, clock });
const leaf = await newLeaf(authority, { names: ["lab-1"], days: 20, clock });

/** A room with files for TLS. */
function room(): FakeRoom {
  const room = new FakeRoom();
  room.texts.set("ca.pem", authority.certPem);
  room.texts.set("ca.key", authority.keyPem);
  room.texts.set("lab.pem", leaf.certPem);
  room.texts.set("lab.key", leaf.keyPem);
  room.texts.set("room.token", `${"ab".repeat(32)}\n`);
  room.texts.set("empty.pem", "");
  room.texts.set("cut.pem", leaf.certPem.slice(0, 200));
  room.texts.set("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const locked = leaf.keyPem.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
  room.texts.set("locked.key", locked);
  return room;
}

const SERVE = ["timer", "serve", "--tls-cert", "lab.pem", "--tls-key", "lab.key"];
const PING = ["timer", "ping", "--tls-ca", "ca.pem"];

/** Runs a server until it listens, and a while longer. */
async function served(at: FakeRoom, args: readonly string[], env = {}) {
  const server = at.run(args, env);
  await server.stdout.matching(/listening/);
  server.interrupt();
  assert.equal(await at.clock.runUntil(server.exitCode), 0, server.stderr.text);
  return server.stderr.text;
}

Deno.test("networkOf() makes the network of a server and of a client out of their files", async () => {
  const at = room();
  const server = at.run([...SERVE, "--json"]);
  await server.stdout.matching(/listening/);
  const client = at.run([...PING, "--count", "3", "--json"]);
  assert.equal(await at.clock.runUntil(client.exitCode), 0, client.stderr.text);
  server.interrupt();
  await at.clock.runUntil(server.exitCode);
  const { certPem, keyPem } = leaf;
  assert.deepEqual(at.tlsMaterials, [
    { certPem, keyPem, caPem: undefined, caFile: undefined },
    { certPem: undefined, keyPem: undefined, caPem: authority.certPem, caFile: "ca.pem" },
  ]);
});

Deno.test("networkOf() leaves the network alone without TLS options", async () => {
  const at = room();
  await served(at, ["timer", "serve"]);
  assert.deepEqual(at.tlsMaterials, []);
});

Deno.test("networkOf() takes the options from environment and file, too", async () => {
  const at = room();
  at.texts.set("./tram.toml", '[timer]\ntls-key = "lab.key"\n');
  await served(at, ["timer", "serve"], { TRAM_TIMER_TLS_CERT: "lab.pem" });
  assert.equal(at.tlsMaterials[0]?.keyPem, leaf.keyPem);
});

Deno.test("networkOf() lets mapreduce run go without TLS where only an authority is given", async () => {
  const at = room();
  const { stderr, exitCode } = at.run(
    ["mapreduce", "run", "--job", "wordcount", "--output", "out", "none.txt"],
    { TRAM_TLS_CA: "ca.pem" },
  );
  assert.notEqual(await at.clock.runUntil(exitCode), 0);
  assert.match(stderr.text, /--tls-ca goes with --tls-cert and --tls-key here/);
  assert.deepEqual(at.tlsMaterials, []);
});

Deno.test("networkOf() takes none for a file that the environment or a file names", async () => {
  const at = room();
  at.texts.set("./tram.toml", 'tls-ca = "gone.pem"\ntls-cert = "gone.pem"\ntls-key = "gone.key"\n');
  const none = { TRAM_TLS_CERT: "none", TRAM_TLS_KEY: "none" };
  const server = at.run(["timer", "serve", "--json"], none);
  await server.stdout.matching(/listening/);
  const { stderr, exitCode } = at.run(["timer", "ping", "--count", "3", "--tls-ca", "none"]);
  assert.equal(await at.clock.runUntil(exitCode), 0, stderr.text);
  server.interrupt();
  await at.clock.runUntil(server.exitCode);
  assert.deepEqual(at.tlsMaterials, []);
});

Deno.test("networkOf() takes none for a certificate as none for its key, which a file names", async () => {
  const at = room();
  at.texts.set("./tram.toml", 'tls-cert = "gone.pem"\ntls-key = "gone.key"\n');
  await served(at, ["timer", "serve", "--tls-cert", "none"]);
  await served(at, ["timer", "serve"], { TRAM_TLS_CERT: "none" });
  assert.deepEqual(at.tlsMaterials, []);
  const { stderr, exitCode } = at.run(
    ["timer", "serve", "--tls-key", "lab.key"],
    { TRAM_TLS_CERT: "none" },
  );
  assert.equal(await at.clock.runUntil(exitCode), 2);
  assert.match(stderr.text, /--tls-key without --tls-cert/, "nobody believes in encryption");
});

for (
  const [args, says] of [
    ["timer serve --tls-cert lab.pem", /--tls-cert without --tls-key: tram timer serve wants both/],
    ["timer serve --tls-key lab.key", /--tls-key without --tls-cert: /],
    [
      "mapreduce worker --coordinator 192.0.2.7 --tls-ca ca.pem",
      /--tls-ca without --tls-cert and --tls-key: tram mapreduce worker wants all three, or none/,
    ],
    [
      "mapreduce run --job wordcount --output out --tls-ca ca.pem a.txt",
      /Cannot use --tls-ca alone: --tls-ca goes with --tls-cert and --tls-key here, /,
    ],
    [
      "mapreduce run --job wordcount --output out --tls-cert lab.pem --tls-key lab.key a.txt",
      /Cannot start workers here without --tls-ca, /,
    ],
    ["timer ping --tls-ca none.pem", /Cannot read --tls-ca none\.pem: there is no such file/],
    ["timer ping --tls-ca empty.pem", /no certificate in it, it is no PEM/],
    ["timer ping --tls-ca lab.key", /no certificate in it, only PRIVATE KEY/],
    ["timer ping --tls-ca cut.pem", /cut\.pem: Cannot read PEM: 1 parts begin, 0 end/],
    ["timer ping --tls-ca broken.pem", /broken\.pem: its certificate is broken/],
    ["timer ping --tls-ca lab.pem", /is the certificate of lab-1; give that of .*, room \w{8}/],
    [
      "timer serve --tls-cert ca.pem --tls-key ca.key",
      /is the certificate of the authority room \w{8}; give the one of this machine/,
    ],
    ["timer serve --tls-cert lab.key --tls-key lab.key", /--tls-cert lab\.key: there is no cert/],
    ["timer serve --tls-cert lab.pem --tls-key lab.pem", /no private key in it, only CERTIFICATE/],
    [
      "timer serve --tls-cert lab.pem --tls-key none.key",
      /--tls-key none\.key: there is no such file/,
    ],
    ["timer serve --tls-cert lab.pem --tls-key locked.key", /locked with a password; "openssl/],
  ] as const
) {
  Deno.test(`tram ${args} ends with 2 and one line`, async () => {
    const at = room();
    const { stdout, stderr, exitCode } = at.run(args.split(" "));
    assert.equal(await at.clock.runUntil(exitCode), 2, stderr.text);
    assert.equal(stdout.text, "");
    assert.match(stderr.text, says);
    assert.match(stderr.text, /^tram: [^\n]+\n$/);
    assert.doesNotMatch(stderr.text, /BEGIN/, "no part of a key");
  });
}

for (
  const [what, afterDays, says] of [
    ["is over", 21, /warning: the certificate in lab\.pem was valid until .*: clients refuse it\n/],
    ["ends soon", 14, /warning: the certificate in lab\.pem is valid until .*Z only\n/],
    ["is not valid yet", -2, /warning: the certificate in lab\.pem is not valid before /],
  ] as const
) {
  Deno.test(`networkOf() warns of a certificate that ${what}`, async () => {
    const at = room();
    at.clock.stepWall(afterDays * DAY_US);
    assert.match(await served(at, SERVE), says);
  });
}

Deno.test("warnOfExposure() says what others can do, with and without TLS", async () => {
  const open = ["--host", "0.0.0.0", "--insecure"];
  const closed = ["--host", "0.0.0.0", "--token-file", "room.token"];
  for (
    const [args, says] of [
      [["timer", "serve", ...open], "everybody may come in, and what follows the handshake is not"],
      [["timer", "serve", ...closed], "warning: what follows the handshake is not encrypted"],
      [[...SERVE, ...open], "warning: everybody may come in\n"],
    ] as const
  ) assert((await served(room(), args)).includes(says), `${args.join(" ")} says ${says}`);
  assert.doesNotMatch(await served(room(), [...SERVE, ...closed]), /warning/);
});

Deno.test("a client with a token wants it proved over TLS, too", async () => {
  const at = room();
  at.texts.set("/home/ada/.config/tram/token", `${"cd".repeat(32)}\n`);
  const server = at.run([...SERVE, "--host", "192.0.2.7", "--insecure"]);
  await server.stdout.matching(/listening/);
  const ping = (...args: string[]) => {
    const { exitCode } = at.run([...PING, "--host", "192.0.2.7", "--count", "3", ...args]);
    return at.clock.runUntil(exitCode);
  };
  assert.equal(await ping(), 77);
  assert.equal(await ping("--insecure"), 0);
  server.interrupt();
  await at.clock.runUntil(server.exitCode);
});
