/** Files that are none, or too large: one line instead of a process that hangs or eats memory. */
import assert from "node:assert/strict";
import { type Ended, runTram, tramCommand, TramProcess, wait, withFolder } from "./processes.ts";

const TOKEN = "1".repeat(64);

/** Runs tram in a line of bash, in which `"$@"` stands for it. */
async function runIn(line: string, ...args: string[]): Promise<Ended> {
  const { command, prefix } = tramCommand();
  await using process = new TramProcess(
    ["-c", line, "bash", command, ...prefix, ...args],
    {},
    "bash",
  );
  return await process.ended;
}

async function withPipe(body: (pipe: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await body(`${folder}/pipe`);
  });
}

const PING = ["timer", "ping", "--port", "1"];

for (
  const [what, args, why] of [
    ["--config", (pipe: string) => [...PING, "--config", pipe], "read PIPE: it is no file"],
    ["--token-file", (pipe: string) => [...PING, "--token-file", pipe], "read PIPE: it is no file"],
    ["--samples", (pipe: string) => [...PING, "--samples", pipe], "write PIPE: it is a named pipe"],
    [
      "--hdr",
      (pipe: string) => [...PING, "--hdr", `${pipe}.hlog`],
      "write PIPE: it is a named pipe",
    ],
    [
      "timer compare",
      (pipe: string) => ["timer", "compare", pipe, pipe],
      "read PIPE: it is no file",
    ],
  ] as const
) {
  Deno.test(`${what} does not wait for the other end of a named pipe`, async () => {
    await withPipe(async (pipe) => {
      const path = what === "--hdr" ? `${pipe}.hlog` : pipe;
      if (path !== pipe) await Deno.rename(pipe, path);
      const { code, stdout, stderr } = await runTram(args(pipe));
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(stderr, `tram: Cannot ${why.replace("PIPE", path)}\n`);
    });
  });
}

for (
  const [args, stderr] of [
    [[...PING, "--config", "/dev/zero"], "tram: Cannot read /dev/zero: it is no file\n"],
    [[...PING, "--token-file", "/dev/zero"], "tram: Cannot read /dev/zero: it is no file\n"],
    [[...PING, "--config", "/proc"], "tram: Cannot read /proc: it is a folder\n"],
    [["timer", "compare", "/dev/urandom", "x"], "tram: Cannot read /dev/urandom: it is no file\n"],
  ] as const
) {
  Deno.test(`tram ${args.join(" ")} ends with one line`, async () => {
    assert.deepEqual(await runTram(args), { code: 1, stdout: "", stderr });
  });
}

Deno.test("tram takes --config /dev/null for a file without options", async () => {
  const { code, stderr } = await runTram([...PING, "--show-config", "--config", "/dev/null"]);
  assert.deepEqual([code, stderr], [0, ""]);
});

for (
  const [args, bytes, limit] of [
    [(path: string) => [...PING, "--config", path], 1024 ** 2, "1 MiB"],
    [(path: string) => [...PING, "--token-file", path], 1024 ** 2, "1 MiB"],
    [(path: string) => ["timer", "compare", path, path], 256 * 1024 ** 2, "256 MiB"],
  ] as const
) {
  Deno.test(`tram ${args("FILE").join(" ")} reads at most ${limit}`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/large`;
      await Deno.writeTextFile(path, "", { mode: 0o600 });
      await Deno.truncate(path, bytes + 1);
      const { code, stderr } = await runTram(args(path));
      assert.equal(stderr, `tram: Cannot read ${path}: it is larger than ${limit}\n`);
      assert.equal(code, 1);
    });
  });
}

Deno.test("--token-file takes the token that another process writes", async () => {
  const { code, stderr } = await runIn(
    `"$@" --token-file <(sleep 0.2; echo ${TOKEN})`,
    ...PING,
  );
  assert.match(stderr, /connection refused/);
  assert.equal(code, 69);
});

Deno.test("--token-file reads at most 1 MiB of what another process writes", async () => {
  const { code, stderr } = await runIn('"$@" --token-file <(cat /dev/zero)', ...PING);
  assert.match(stderr, /^tram: Cannot read \/dev\/fd\/\d+: it is larger than 1 MiB\n$/);
  assert.equal(code, 1);
});

Deno.test("--token-file waits for another process until it is interrupted", async () => {
  const { command, prefix } = tramCommand();
  await using process = new TramProcess(
    ["-c", 'exec "$@" --token-file <(exec sleep 10 2>&-)', "bash", command, ...prefix, ...PING],
    {},
    "bash",
  );
  await wait(1000);
  process.kill("SIGTERM");
  const { code, stderr } = await process.ended;
  assert.deepEqual([code, stderr], [130, ""]);
});
