/** Tokens as files with rights of their own. */
import assert from "node:assert/strict";
import { runTram, startServer } from "./processes.ts";

/** A configuration folder of its own. */
async function withFolder(body: (env: Record<string, string>, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "tram-test-" });
  try {
    await body({ TRAM_CONFIG_DIR: `${folder}/config` }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("token new writes a file that only its owner can read, and both sides find it", async () => {
  await withFolder(async (env) => {
    assert.equal((await runTram(["token", "new"], env)).code, 0);
    const path = `${env["TRAM_CONFIG_DIR"]}/token`;
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    const shown = await runTram(["token", "show"], env);
    assert.equal(shown.stdout, await Deno.readTextFile(path));
    const server = await startServer(["--host", "0.0.0.0"], env);
    await using _ = server.process;
    const ping = ["timer", "ping", "--port", server.port, "--count", "20"];
    assert.equal((await runTram(ping, env)).code, 0);
    const stranger = await runTram(ping, { TRAM_CONFIG_DIR: "/nonexistent" });
    assert.equal(stranger.code, 77);
    assert.match(stranger.stderr, /wants a token; give the server's token with --token-file/);
  });
});

Deno.test("--token-file refuses a file that others can read, and says what to do", async () => {
  await withFolder(async (env, folder) => {
    const path = `${folder}/open.token`;
    await Deno.writeTextFile(path, `${"0".repeat(64)}\n`);
    await Deno.chmod(path, 0o644);
    const { code, stderr } = await runTram(["timer", "serve", "--token-file", path], env);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `tram: Cannot use ${path}: others may read it (mode 644); run "chmod 600" on it\n`,
    );
  });
});

Deno.test("a token never shows in the arguments or in what a server writes", async () => {
  await withFolder(async (env, folder) => {
    const secret = "5".repeat(64);
    const path = `${folder}/room.token`;
    await Deno.writeTextFile(path, `${secret}\n`, { mode: 0o600 });
    const server = await startServer(["--token-file", path], env);
    await using _ = server.process;
    const wrong = { ...env, TRAM_TOKEN: "6".repeat(64) };
    const args = ["timer", "ping", "--port", server.port, "--count", "5"];
    const refused = await runTram(args, wrong);
    assert.equal(refused.code, 77);
    assert.equal((await runTram(args, { ...env, TRAM_TOKEN: secret })).code, 0);
    if (Deno.build.os === "linux") {
      const { pid } = server.process.child;
      assert(!(await Deno.readTextFile(`/proc/${pid}/cmdline`)).includes("55555"));
    }
    server.process.kill("SIGINT");
    const { stdout, stderr } = await server.process.ended;
    assert.match(stderr, /refused 127\.0\.0\.1:\d+ \(bad-token: Cannot log in: wrong token\)\n/);
    for (const text of [stdout, stderr, refused.stdout, refused.stderr]) {
      assert(!/5{16}|6{16}/.test(text));
    }
  });
});

Deno.test("token new keeps comments, follows links, and loses nothing when run twice at once", async () => {
  await withFolder(async (env, folder) => {
    await Deno.mkdir(`${folder}/config`);
    const real = `${folder}/real`;
    await Deno.writeTextFile(real, "# the room's\nada " + "1".repeat(64), { mode: 0o600 });
    await Deno.symlink(real, `${folder}/config/token`);
    const names = ["b", "c", "d", "e"];
    const all = await Promise.all(names.map((name) => runTram(["token", "new", name], env)));
    assert.deepEqual(all.map(({ code }) => code), [0, 0, 0, 0]);
    const text = await Deno.readTextFile(real);
    assert.match(text, /^# the room's\nada 1{64}\n/);
    for (const name of names) assert.match(text, new RegExp(`^${name} [0-9a-f]{64}$`, "m"));
    const same = await Promise.all([1, 2, 3].map(() => runTram(["token", "new"], env)));
    assert.deepEqual(same.map(({ code }) => code).sort(), [0, 2, 2]);
  });
});

Deno.test("timer ping needs no configuration folder to reach an open server", async () => {
  const server = await startServer();
  await using _ = server.process;
  const nowhere = { HOME: "", XDG_CONFIG_HOME: "", TRAM_CONFIG_DIR: "" };
  const args = ["timer", "ping", "--port", server.port, "--count", "5"];
  assert.equal((await runTram(args, nowhere)).code, 0);
  assert.equal((await runTram(["token", "new"], nowhere)).code, 2);
});
