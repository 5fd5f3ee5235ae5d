/** What happens when nobody reads what tram prints. */
import assert from "node:assert/strict";
import { runTram, tramCommand, TramProcess } from "./processes.ts";
import { fromSource } from "./root.ts";

/** How long a process may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 60_000;

/** A tram whose standard output is a pipe that is read when the test says so. */
class UnreadProcess implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  /** @param line of shell, in which `"$@"` stands for tram and its arguments */
  constructor(line: string, args: readonly string[]) {
    const { command, prefix } = tramCommand();
    this.child = new Deno.Command("/bin/sh", {
      args: ["-c", line, "sh", command, ...prefix, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).spawn();
    this.#reader = this.child.stdout.getReader();
  }

  /** Reads until the text matches. */
  async read(pattern: RegExp): Promise<RegExpExecArray> {
    const decoder = new TextDecoder();
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match !== null) return match;
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`wanted ${pattern}, read ${this.#text}`);
      this.#text += decoder.decode(value, { stream: true });
    }
  }

  /** Reads on to the end. @returns all that was read */
  async readAll(): Promise<string> {
    await this.read(/(?!)/).catch(() => {});
    return this.#text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.child.status;
    await this.#reader.cancel();
  }
}

const JSON_SERVER = ["timer", "serve", "--port", "0", "--max-clients", "200", "--json"];

/** Joining and leaving of 200 clients: 35 KB of events. */
async function crowd(port: string): Promise<void> {
  const ping = ["timer", "ping", "--port", port, "--clients", "200", "--count", "200"];
  const { code, stderr } = await runTram(ping);
  assert.equal(code, 0, stderr);
}

for (
  const [what, line] of [
    ["its events", 'exec "$@"'],
    ["its events and messages, in one pipe", 'exec "$@" 2>&1'],
  ] as const
) {
  Deno.test(`timer serve goes on, and ends, when nobody reads ${what}`, async () => {
    await using server = new UnreadProcess(line, JSON_SERVER);
    const [, port = ""] = await server.read(/"port":(\d+)\}\n/);
    for (let run = 0; run < 8; run++) await crowd(port);
    const fromMs = performance.now();
    server.child.kill("SIGTERM");
    assert.equal((await server.child.status).code, 0);
    const tookMs = performance.now() - fromMs;
    assert(tookMs < 10_000, `ended after ${tookMs} ms`);
    const events = (await server.readAll()).split("\n").slice(1, -1);
    assert(events.length > 300, `${events.length} events`);
    for (const event of events) assert.match(JSON.parse(event).type, /^(joined|left)$/);
  });
}

Deno.test("timer serve gives all of its events to who reads late, also after SIGTERM", async () => {
  await using server = new UnreadProcess('exec "$@"', JSON_SERVER);
  const [, port = ""] = await server.read(/"port":(\d+)\}\n/);
  for (let run = 0; run < 8; run++) await crowd(port);
  server.child.kill("SIGTERM");
  const text = await server.readAll();
  assert.equal((await server.child.status).code, 0);
  assert.equal(text.match(/"type":"joined"/g)?.length, 1600);
  assert.equal(text.match(/"type":"left"/g)?.length, 1600);
});

Deno.test("tram ends at the second SIGTERM when nobody reads its last words", async () => {
  await using server = new UnreadProcess('exec "$@"', JSON_SERVER);
  const [, port = ""] = await server.read(/"port":(\d+)\}\n/);
  for (let run = 0; run < 8; run++) await crowd(port);
  server.child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.child.kill("SIGTERM");
  assert.equal((await server.child.status).code, 130);
});

/** Of lines of 64 bytes, what has room in memory. */
const KEPT_LINES = 4 * 1024 * 1024 / 64;

for (const line of ['exec "$@"', 'exec "$@" 2>&1']) {
  Deno.test(`what exceeds 4 MiB is left out, and it is said how much: ${line}`, async () => {
    const script = fromSource("tests/e2e/unread_output_process.ts");
    const args = [
      "-c",
      `${line} | cat`,
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      script,
    ];
    await using process = new TramProcess([...args, "100000"], {}, "/bin/sh");
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 0);
    const numbers = stdout.split("\n").flatMap((line) => /^(\d+) x+$/.exec(line)?.[1] ?? []);
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => String(at)),
      "from the first on, none skipped",
    );
    assert.equal(numbers.length, KEPT_LINES);
    assert.match(stdout, /\nlast\n$/);
    const missing = /^tram: warning: ([\d,]+) lines are missing .*: nobody read them in time$/m;
    const lost = Number(missing.exec(stdout + stderr)?.[1]?.replaceAll(",", ""));
    // In one pipe, "written" is among them.
    assert.equal(numbers.length + lost, stderr === "" ? 100_001 : 100_000, stderr);
  });
}
