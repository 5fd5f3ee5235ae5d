/** tram as its users start it: processes, signals, a real terminal's habits. */
import assert from "node:assert/strict";
import {
  joined,
  left,
  runTram,
  startServer,
  suspend,
  tramCommand,
  TramProcess,
  wait,
} from "./processes.ts";

Deno.test("timer ping measures a server in another process", async () => {
  const server = await startServer();
  await using _ = server.process;
  const ping = await runTram(["timer", "ping", "--port", server.port, "--count", "2000"]);
  assert.equal(ping.code, 0, ping.stderr);
  assert.match(ping.stdout, /^2,000 sent, 2,000 answered, 0 lost, [\d,]+ per second$/m);
  assert.match(ping.stdout, /p99 /);
  assert.match(ping.stdout, /█/);
  server.process.kill("SIGINT");
  const { code, stderr } = await server.process.ended;
  assert.equal(code, 0);
  assert.match(stderr, / joined from 127\.0\.0\.1:\d+\n/);
  assert.match(stderr, / left 127\.0\.0\.1:\d+ \(done\)\n/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`timer ping prints what it has and ends with 130 on ${signal}`, async () => {
    const server = await startServer(["--json"]);
    await using _ = server.process;
    const args = ["timer", "ping", "--port", server.port, "--count", "1000000000", "--json"];
    for (let round = 1;; round++) {
      await using ping = new TramProcess(args);
      await joined(server.process, round);
      ping.kill(signal);
      const { code, stdout } = await ping.ended;
      assert.equal(code, 130);
      if (stdout === "") continue; // it had not yet been told that it was in: nothing to print
      const summary = JSON.parse(stdout);
      assert.equal(summary.end, "stopped");
      assert(summary.sent - summary.answered <= 1);
      break;
    }
  });
}

Deno.test("timer ping ends with 3 and its result when the server is killed", async () => {
  const server = await startServer(["--json"]);
  await using _ = server.process;
  const args = ["timer", "ping", "--port", server.port, "--count", "1000000000", "--json"];
  await using ping = new TramProcess(args);
  await joined(server.process, 1);
  server.process.kill("SIGKILL");
  const { code, stdout } = await ping.ended;
  assert.equal(code, 3);
  assert.equal(JSON.parse(stdout).end, "line-lost");
});

Deno.test("timer ping gives up requests after --timeout, and goes on when the server does", async () => {
  const server = await startServer(["--json"]);
  await using _ = server.process;
  const args = ["timer", "ping", "--port", server.port, "--duration", "4s", "--json"];
  await using ping = new TramProcess([...args, "--timeout", "500ms"]);
  await joined(server.process, 1);
  await wait(500);
  await suspend(server.process, 1300);
  const { code, stdout } = await ping.ended;
  assert.equal(code, 3);
  const { end, sent, answered, lost, late, missing, unanswered } = JSON.parse(stdout);
  assert.equal(end, "done");
  // Given up after 0.5 and 1.0 s, answered late when the server went on; the third was in time.
  assert(late >= 2, `${late} late`);
  assert.equal(missing, late + lost);
  assert.equal(unanswered, 0);
  assert.equal(sent, answered + lost);
  assert(answered > 100, "it went on");
});

Deno.test("timer serve goes on when clients are killed, and holds its limit", async () => {
  const server = await startServer(["--max-clients", "2", "--json"]);
  await using _ = server.process;
  const args = ["timer", "ping", "--port", server.port, "--count", "1000000000"];
  for (let round = 0; round < 3; round++) {
    await using first = new TramProcess(args);
    await using second = new TramProcess(args);
    await joined(server.process, 2 * round + 2);
    const third = await runTram(["timer", "ping", "--port", server.port, "--count", "1"]);
    assert.equal(third.code, 77);
    assert.equal(third.stderr, "tram: The server refused: Full: 2 clients are here already\n");
    first.kill("SIGKILL");
    second.kill("SIGKILL");
    await left(server.process, 2 * round + 2);
  }
  server.process.kill("SIGTERM");
  assert.equal((await server.process.ended).code, 0);
});

Deno.test("timer serve says that the port is in use", async () => {
  const server = await startServer();
  await using _ = server.process;
  const { code, stdout, stderr } = await runTram(["timer", "serve", "--port", server.port]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.equal(stderr, `tram: Cannot listen on 127.0.0.1:${server.port}: the port is in use\n`);
});

for (
  const [what, args, code, says] of [
    ["nobody listens", ["--port", "1"], 69, /127\.0\.0\.1:1: connection refused/],
    ["the host does not exist", ["--host", "no.such.invalid"], 69, /no such host/],
    ["the port is out of range", ["--port", "99999"], 2, /from 1 to 65535, got "99999"/],
    ["a flag is misspelt", ["--prot", "1"], 2, /did you mean --port\?/],
  ] as const
) {
  Deno.test(`timer ping ends with ${code} and one line when ${what}`, async () => {
    const ended = await runTram(["timer", "ping", ...args]);
    assert.equal(ended.code, code);
    assert.equal(ended.stdout, "");
    assert.match(ended.stderr, says);
    assert.match(ended.stderr, /^tram: [^\n]+\n$/);
  });
}

Deno.test("timer ping ends with 69 when something listens that never answers", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const args = ["timer", "ping", "--port", String(port), "--timeout", "200ms"];
  const { code, stderr } = await runTram(args);
  assert.equal(code, 69);
  assert.equal(stderr, `tram: Cannot reach 127.0.0.1:${port}: no answer within 200 ms\n`);
});

Deno.test("timer serve closes in good order when nobody reads its output any more", async () => {
  const server = new TramProcess(["timer", "serve", "--port", "0", "--json"]);
  await using _ = server;
  const [, port] = await server.matching(/"port":(\d+)\}\n/);
  await server.stopReading();
  const { code, stdout } = await runTram([
    "timer",
    "ping",
    "--port",
    port ?? "",
    "--count",
    "1000000000",
    "--json",
  ]);
  assert.equal(code, 3);
  assert.equal(JSON.parse(stdout).end, "server-left");
  assert.equal((await server.ended).code, 0);
});

Deno.test("timer serve goes on when its log cannot be written", async () => {
  if (Deno.build.os !== "linux") return;
  const { command, prefix } = tramCommand();
  const script = `exec "$0" "$@" 2>/dev/full`;
  const args = ["-c", script, command, ...prefix, "timer", "serve", "--port", "0"];
  await using server = new TramProcess(args, {}, "/bin/sh");
  const [, port] = await server.matching(/^listening on \S+:(\d+)\n/);
  for (let i = 0; i < 3; i++) {
    const ping = await runTram(["timer", "ping", "--port", port ?? "", "--count", "5"]);
    assert.equal(ping.code, 0, ping.stderr);
  }
  server.kill("SIGINT");
  assert.equal((await server.ended).code, 0);
});
