/** ^C of the server: what its clients lose, and how long those hold it up who do not listen. */
import assert from "node:assert/strict";
import { timerService, UUID_BYTES } from "../../lib/timer/protocol.ts";
import { dial } from "../../lib/transport/dial.ts";
import { joined, startServer, TramProcess, wait } from "./processes.ts";

/** What "at once" may take on a busy machine, in milliseconds. */
const AT_ONCE_MS = 1000;

/** A client that was never told what LEAVING means. */
async function foreignClient(port: string) {
  const leaving = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const connection = await dial(
    timerService,
    { host: "127.0.0.1", port: Number(port), clientId: "foreign" },
    () => ({
      reply: () => answered.resolve(),
      stopped() {},
      leaving: () => leaving.resolve(),
    }),
  );
  return {
    connection,
    leaving: leaving.promise,
    ask: () => connection.send(timerService.kinds.request, new Uint8Array(UUID_BYTES)),
    answered: answered.promise,
  };
}

Deno.test("timer serve answers what is under way when it is interrupted under load", async () => {
  const { process: server, port } = await startServer(["--json"]);
  await using _ = server;
  const load = ["--rate", "1000", "--in-flight", "8", "--duration", "50s", "--json"];
  const clients: TramProcess[] = [];
  try {
    for (let i = 1; i <= 5; i++) {
      clients.push(new TramProcess(["timer", "ping", "--port", port, ...load]));
      await joined(server, i);
    }
    await wait(700);
    server.kill("SIGINT");
    for (const client of clients) {
      const { code, stdout, stderr } = await client.ended;
      assert.deepEqual([code, stderr], [3, ""]);
      const summary = JSON.parse(stdout);
      assert.equal(summary.end, "server-left");
      assert(summary.sent > 0);
      assert.equal(summary.answered, summary.sent);
      assert.deepEqual([summary.lost, summary.late, summary.unanswered], [0, 0, 0]);
    }
    const { code, stdout } = await server.ended;
    assert.equal(code, 0);
    const left = stdout.split("\n").filter((line) => line.includes('"type":"left"'));
    assert.equal(left.length, 5);
    for (const line of left) assert.equal(JSON.parse(line).code, "done", line);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
});

Deno.test("timer serve waits no longer than about a second for who ignores that it leaves", async () => {
  const { process: server, port } = await startServer();
  await using _ = server;
  await using client = (await foreignClient(port)).connection;
  server.kill("SIGINT");
  const fromMs = performance.now();
  const { code } = await server.ended;
  const tookMs = performance.now() - fromMs;
  assert.equal(code, 0);
  assert(tookMs >= 900 && tookMs < 1000 + AT_ONCE_MS, `${tookMs} ms`);
  assert.equal((await client.closed).code, "shutting-down");
});

Deno.test("timer serve answers while it leaves, and a second ^C ends it at once", async () => {
  const { process: server, port } = await startServer();
  await using _ = server;
  const client = await foreignClient(port);
  await using connection = client.connection;
  server.kill("SIGINT");
  await client.leaving;
  client.ask();
  await Promise.race([
    client.answered,
    connection.closed.then(({ code }) => assert.fail(`ended without an answer: ${code}`)),
  ]);
  server.kill("SIGINT");
  const fromMs = performance.now();
  const { code } = await server.ended;
  // What is left of the second could end it, too, so the code has to say who did.
  assert.equal(code, 130);
  assert(performance.now() - fromMs < AT_ONCE_MS);
  assert.equal((await connection.closed).code, "lost");
});
