/**
 * The real server against a client in another language that was written from `docs/protocol.md`
 * alone: what the two agree on is what the document says. Needs `escript` of Erlang/OTP 25 or later.
 */
import assert from "node:assert/strict";
import { formatToken, newToken } from "../../lib/transport/token.ts";
import { type Ended, startServer } from "./processes.ts";
import { fromSource } from "./root.ts";

/** How long the client may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 30_000;

/** Asks a server ten times; an empty `token` is none. */
async function runClient(port: string, token: string): Promise<Ended> {
  const client = new Deno.Command("escript", {
    args: [fromSource("tests/e2e/timer_client.escript"), "127.0.0.1", port, "10"],
    env: { TRAM_TOKEN: token },
    stdin: "null",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  try {
    const { code, stdout, stderr } = await client.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error("Cannot run escript: install Erlang (Debian: erlang-base erlang-crypto)");
  }
}

/** What the client says to a server that holds `serverTokens`; the server must end well after it. */
async function visit(serverTokens: string, clientToken: string): Promise<Ended> {
  const server = await startServer([], { TRAM_TOKEN: serverTokens });
  await using _ = server.process;
  const visitor = await runClient(server.port, clientToken);
  server.process.kill("SIGINT");
  const { code, stderr } = await server.process.ended;
  assert.equal(code, 0, stderr);
  return visitor;
}

function assertRefused({ code, stdout, stderr }: Ended, lineCode: string): void {
  assert.match(stderr, new RegExp(`^timer_client: ${lineCode}: [^\n]*\n$`));
  assert.deepEqual([code, stdout], [1, ""]);
}

const DONE: Ended = { code: 0, stdout: "ok 10\n", stderr: "" };

Deno.test("timer_client.escript asks ten times with the token of the server", async () => {
  const token = formatToken(newToken());
  assert.deepEqual(await visit(token, token), DONE);
});

Deno.test("timer_client.escript is refused with bad-token when its token is another", async () => {
  assertRefused(await visit(formatToken(newToken()), formatToken(newToken())), "bad-token");
});

Deno.test("timer_client.escript refuses with token-required when it holds no token", async () => {
  assertRefused(await visit(formatToken(newToken()), ""), "token-required");
});

Deno.test("timer_client.escript proves a token with a name", async () => {
  const ada = formatToken(newToken("ada"));
  assert.deepEqual(await visit(`${formatToken(newToken())}\n${ada}\n`, ada), DONE);
});

Deno.test("timer_client.escript needs no token at an open server", async () => {
  assert.deepEqual(await visit("", ""), DONE);
});
