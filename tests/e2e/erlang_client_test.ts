/**
 * The real server against a client in another language that was written from `docs/protocol.md`
 * alone: what the two agree on is what the document says. Needs `escript` of Erlang/OTP 25 or later
 * on the PATH. With `TRAM_BIN` set, the server is that executable instead of `cli.ts`.
 */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const script = fileURLToPath(new URL("timer_client.escript", import.meta.url));

/** Every child is killed after this long, so that a test that hangs fails. */
const deadlineMs = 30_000;

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Our environment without the user's token and token file, and with `extra`. */
function environment(extra: Record<string, string>): Record<string, string> {
  const { TRAM_TOKEN: _token, ...rest } = Deno.env.toObject();
  return { ...rest, ...extra };
}

/** Sends `signal` to a child, unless it has ended already. */
function end(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Runs the client; `token` is the text of TRAM_TOKEN, which is not set without it. */
async function runClient(port: number, token?: string): Promise<Outcome> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("escript", {
      args: [script, "127.0.0.1", String(port), "10"],
      env: environment(token === undefined ? {} : { TRAM_TOKEN: token }),
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(deadlineMs),
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("escript is not on the PATH: install Erlang/OTP 25 or later");
  }
  try {
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    end(child, "SIGKILL");
  }
}

/** Reads what the server prints until it says where it listens. */
async function listeningPort(output: ReadableStreamDefaultReader<string>): Promise<number> {
  let text = "";
  while (true) {
    const { done, value } = await output.read();
    if (done) throw new Error(`the server ended before it listened; it printed: ${text}`);
    text += value;
    const port = /^listening on 127\.0\.0\.1:(\d+)\r?\n/m.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
}

/**
 * Starts a server on a free port, with a token file of this text or with none, hands the port to
 * `use`, interrupts the server and expects it to end well.
 */
async function withServer(
  tokenFile: string | undefined,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tram-erlang-" });
  try {
    const args = ["timer", "serve", "--port", "0"];
    if (tokenFile !== undefined) {
      const path = join(directory, "room.token");
      await Deno.writeTextFile(path, tokenFile, { mode: 0o600, createNew: true });
      args.push("--token-file", path);
    }
    const executable = Deno.env.get("TRAM_BIN");
    const server = new Deno.Command(executable ?? Deno.execPath(), {
      args: executable === undefined ? ["run", "-A", "cli.ts", ...args] : args,
      cwd: root,
      env: environment({ XDG_CONFIG_HOME: directory }), // where no token file of the user is
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(deadlineMs),
    }).spawn();
    const log = new Response(server.stderr).text();
    const output = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let failure: { readonly error: unknown } | undefined;
    try {
      await use(await listeningPort(output));
    } catch (error) {
      failure = { error };
    } finally {
      end(server, "SIGINT");
    }
    const { code } = await server.status;
    await output.cancel();
    const said = await log;
    if (failure !== undefined) {
      throw new Error(`the server logged:\n${said}`, { cause: failure.error });
    }
    assert.equal(code, 0, `exit status of the server, which logged:\n${said}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A new token: 64 hexadecimal digits. */
function newToken(): string {
  return randomBytes(32).toString("hex");
}

function assertOk(outcome: Outcome): void {
  assert.deepEqual(outcome, { code: 0, stdout: "ok 10\n", stderr: "" });
}

function assertRefused(outcome: Outcome, code: string): void {
  assert.match(outcome.stderr, new RegExp(`^timer_client: ${code}: [^\n]*\n$`));
  assert.deepEqual([outcome.code, outcome.stdout], [1, ""]);
}

Deno.test("timer_client.escript asks ten times with the token of the server", async () => {
  const token = newToken();
  await withServer(`${token}\n`, async (port) => assertOk(await runClient(port, token)));
});

Deno.test("timer_client.escript is refused with bad-token when its token is another", async () => {
  await withServer(`${newToken()}\n`, async (port) => {
    assertRefused(await runClient(port, newToken()), "bad-token");
  });
});

Deno.test("timer_client.escript refuses with token-required when it holds no token", async () => {
  await withServer(`${newToken()}\n`, async (port) => {
    assertRefused(await runClient(port), "token-required");
  });
});

Deno.test("timer_client.escript proves a token with a name", async () => {
  const [ada, lab] = [newToken(), newToken()];
  await withServer(`${lab}\nada ${ada}\n`, async (port) => {
    assertOk(await runClient(port, `ada ${ada}`));
  });
});

Deno.test("timer_client.escript needs no token at an open server", async () => {
  await withServer(undefined, async (port) => assertOk(await runClient(port)));
});
