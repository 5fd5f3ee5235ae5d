/** The command line as a whole: help, version, and one line for each mistake. */
import assert from "node:assert/strict";
import { VERSION } from "../lib/version.ts";
import { FakeRoom } from "./fake_context.ts";

async function run(...args: string[]) {
  const { stdout, stderr, exitCode } = new FakeRoom().run(args);
  return { code: await exitCode, stdout: stdout.text, stderr: stderr.text };
}

for (
  const [args, says] of [
    ["timer ping --port 99999", /"99999" for port: wanted a whole number from 1 to 65535/],
    ["timer ping --port 0", /for port: wanted a whole number from 1 to 65535/],
    ["timer ping --host there:80", /alone, got "there:80"; see --port/],
    ["timer ping --prot 1", /--prot, did you mean --port\?/],
    ["timer ping --count -1", /for count: wanted a whole number from 1 to/],
    ["timer ping --count 0", /for count: wanted a whole number from 1 to/],
    ["timer ping --count ten", /for count: wanted a whole number from 1 to/],
    ["timer ping --timeout 5q", /for timeout: wanted a duration such as 250us, 10ms/],
    ["timer ping --timeout 0", /for timeout: wanted a duration above 0/],
    ["timer ping --host a/b", /for host: wanted a host name or address/],
    ["timer ping stray", /too many arguments/i],
    ["timer ping --port", /expected input for flag --port/i],
    ["timer pong", /`pong`, did you mean .*`ping`/],
    ["tiemr", /`tiemr`, did you mean .*`timer`/],
    ["timer ping --token-file /none", /Cannot read token file \/none: there is no such file/],
    ["timer serve --insecure --token-file /none", /\/none: there is no such file/],
  ] as const
) {
  Deno.test(`tram ${args} ends with 2 and one line`, async () => {
    const { code, stdout, stderr } = await run(...args.split(" "));
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, says);
    assert.match(stderr, /^tram: [^\n]+\n$/);
  });
}

Deno.test("tram timer ping without a server ends with 69 and one line", async () => {
  const { code, stdout, stderr } = await run("timer", "ping");
  assert.equal(code, 69);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "tram: Cannot reach 127.0.0.1:47945: connection refused; is the server running?\n",
  );
});

Deno.test("tram timer serve on a port that is taken ends with 1 and one line", async () => {
  const room = new FakeRoom();
  const first = room.run(["timer", "serve"]);
  await first.stdout.matching(/listening/);
  const second = room.run(["timer", "serve"]);
  assert.equal(await second.exitCode, 1);
  assert.equal(
    second.stderr.text,
    "tram: Cannot listen on 127.0.0.1:47945: the port is in use\n",
  );
  first.interrupt();
  await room.clock.runUntil(first.exitCode);
});

Deno.test("tram --version names tram, the protocol and Deno", async () => {
  const { code, stdout } = await run("--version");
  assert.equal(code, 0);
  assert.match(stdout, /^tram 0\.1\.0 \(protocol tram\/1, Deno \d+\.\d+\.\d+\)\n$/);
});

Deno.test("VERSION is the one in deno.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  assert.equal(VERSION, config.version);
});

for (const args of [["--help"], ["timer", "--help"], ["timer", "serve", "--help"]]) {
  Deno.test(`tram ${args.join(" ")} shows usage with examples`, async () => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.match(stdout, /^USAGE\n/);
    assert.match(stdout, /tram timer/);
  });
}
