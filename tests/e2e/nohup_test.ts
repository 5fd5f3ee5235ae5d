import assert from "node:assert/strict";
import { tramCommand, TramProcess, withFolder } from "./processes.ts";

/** Starts tram as `nohup` does: SIGHUP is ignored. */
function underNohup(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { command, prefix } = tramCommand();
  const behind = ["-c", 'trap "" HUP; exec "$0" "$@"', command, ...prefix, ...args];
  return new TramProcess(behind, env, "/bin/sh");
}

Deno.test({
  name: "a server goes on under nohup when its terminal ends",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = underNohup(["timer", "serve", "--port", "0"]);
    const [, port = ""] = await server.matching(/listening on \S+:(\d+)/);
    server.child.kill("SIGHUP");
    await using client = new TramProcess(["timer", "ping", "--port", port, "--count", "3"]);
    assert.equal((await client.ended).code, 0);
    server.child.kill("SIGTERM");
    assert.equal((await server.ended).code, 0);
  },
});

Deno.test({
  name: "launch up goes on under nohup when its terminal ends, and without it ends everything",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      const file = `${folder}/launch.toml`;
      await Deno.writeTextFile(file, '[roles.a]\nrun = "echo ready; sleep 1; echo done"\n');
      const args = ["launch", "up", file, "--no-logs"];
      const env = { TRAM_STATE_DIR: `${folder}/state` };
      await using deaf = underNohup(args, env);
      await deaf.matching(/ready/);
      deaf.child.kill("SIGHUP");
      const { code, stdout } = await deaf.ended;
      assert.equal(code, 0);
      assert.match(stdout, /done/);
      await using hearing = new TramProcess(args, env);
      await hearing.matching(/ready/);
      hearing.child.kill("SIGHUP");
      assert.equal((await hearing.ended).code, 130);
    }),
});
