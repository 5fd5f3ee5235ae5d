/** Options from files and the environment, as far as to the tool. All of the rules: `tests/config`. */
import assert from "node:assert/strict";
import { startServer, tramCommand, TramProcess, withFolder } from "./processes.ts";

Deno.test("timer ping takes options from flags, environment and files, in this order", async () => {
  const { process: server, port } = await startServer();
  await using _ = server;
  await withFolder(async (folder) => {
    const write = (name: string, count: number) =>
      Deno.writeTextFile(`${folder}/${name}`, `[timer.ping]\nport = ${port}\ncount = ${count}\n`);
    await write("tram.toml", 11);
    await write("other.toml", 13);
    /** How many answers a run in the folder asks for. */
    const count = async (flags: readonly string[], env: Record<string, string> = {}) => {
      const { command, prefix } = tramCommand();
      const tram = [command, ...prefix, "timer", "ping", "--json", ...flags];
      await using ping = new TramProcess(
        ["-c", 'cd "$0" && exec "$@"', folder, ...tram],
        { TRAM_CONFIG_DIR: `${folder}/config`, ...env },
        "/bin/sh",
      );
      const { code, stdout, stderr } = await ping.ended;
      assert.deepEqual([code, stderr], [0, ""]);
      return JSON.parse(stdout).answered;
    };
    assert.equal(await count([]), 11);
    assert.equal(await count(["--config", "other.toml"]), 13);
    assert.equal(await count([], { TRAM_TIMER_COUNT: "7" }), 7);
    assert.equal(await count(["--config", "other.toml"], { TRAM_TIMER_COUNT: "7" }), 7);
    assert.equal(await count(["--count", "5"], { TRAM_TIMER_COUNT: "7" }), 5);
  });
});

Deno.test("timer serve takes its limit from the environment", async () => {
  const { process: server, port } = await startServer(["--json"], { TRAM_TIMER_MAX_CLIENTS: "1" });
  await using _ = server;
  const args = ["timer", "ping", "--port", port, "--count", "1000000000"];
  await using first = new TramProcess(args);
  await server.matching(/"type":"joined"/);
  await using second = new TramProcess(args);
  assert.equal((await second.ended).code, 77);
  first.kill("SIGINT");
  assert.equal((await first.ended).code, 130);
});
