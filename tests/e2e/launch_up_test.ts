import assert from "node:assert/strict";
import { runTram, TramProcess, withFolder } from "./processes.ts";
import { withLaunch } from "./launch_processes.ts";

/** Runs `tram launch ARGS` to its end, with a state folder of its own. */
async function launched(folder: string, args: readonly string[]) {
  return await runTram(["launch", ...args], { TRAM_STATE_DIR: `${folder}/state` });
}

Deno.test("launch init writes a file that launch up runs as it is", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/launch.toml`;
    const init = await launched(folder, ["init", path]);
    assert.equal(init.code, 0);
    assert.equal((await launched(folder, ["init", path])).code, 2, "it stays");
    const { code, stdout } = await launched(folder, ["up", path, "--log-dir", `${folder}/logs`]);
    assert.equal(code, 0);
    for (const copy of [1, 2, 3]) {
      assert.match(stdout, new RegExp(`^client\\.${copy} \\| c-${copy} to .* \\d+ stored\\b`, "m"));
      assert.match(stdout, new RegExp(`^c-${copy}: \\d+ sent = `, "m"), "the report is plain");
    }
    const logs = [...Deno.readDirSync(`${folder}/logs`)].map(({ name }) => name).sort();
    const clients = [1, 2, 3].map((copy) => `client.${copy}.log`);
    assert.deepEqual(logs, [...clients, "report.log", "server.log"]);
    assert.match(await Deno.readTextFile(`${folder}/logs/server.log`), /^listening on /);
  });
});

Deno.test("launch up gives each copy its number, its values and whole lines", async () => {
  const file = `
[roles.first]
run = "echo \\"at: 127.0.0.1 4711\\"; sleep 30"
ready = { line = '(?<port>\\d+)$' }
[roles.second]
after = "first"
copies = 2
run = "printf 'to {first.port} from {index} '; sleep 0.2; printf '%s %s\\\\033[31m\\\\n' $TRAM_ROLE $TRAM_INDEX"
[end]
roles = ["second"]
`;
  await withLaunch(file, async (launch) => {
    const { code, stdout, stderr } = await launch.process.ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split("\n").sort(), [
      "first    | at: 127.0.0.1 4711",
      "second.1 | to 4711 from 1 second 1\\x1b[31m",
      "second.2 | to 4711 from 2 second 2\\x1b[31m",
    ]);
    await launch.gone();
  });
});

Deno.test("launch up ends with the worst code, and names what failed", async () => {
  const file = `
[roles.good]
run = "exit 0"
[roles.half]
run = "exit 3"
[roles.bad]
run = "sleep 0.3; exit 9"
[roles.missing]
run = ["/no/such/program"]
required = false
[end]
roles = ["good", "half", "bad"]
`;
  await withLaunch(file, async (launch) => {
    const { code, stderr } = await launch.process.ended;
    assert.equal(code, 9);
    assert.match(stderr, /error: half ended with 3\n/);
    assert.match(stderr, /error: bad ended with 9\n/);
    assert.match(stderr, /missing: Cannot start \/no\/such\/program: there is no such program/);
  });
});

Deno.test("launch up starts again what fails", async () => {
  const file = `
[roles.flaky]
run = "n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; [ $n -ge 1 ]"
restart = "on-failure"
`;
  await withLaunch(file, async (launch) => {
    const { code, stderr } = await launch.process.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /flaky ended with 1; it is started again in 1 s/);
    assert.equal(await Deno.readTextFile(`${launch.folder}/n`), "2\n");
  });
});

Deno.test("launch up is ready by a port that takes connections", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const file = `
[roles.server]
run = "sleep 30"
ready = { tcp = ${port} }
[roles.client]
run = "echo port {server.port} of {server.host}"
after = "server"
[end]
roles = ["client"]
`;
  await withLaunch(file, async (launch) => {
    const { code, stdout } = await launch.process.ended;
    assert.equal(code, 0);
    assert.equal(stdout, `client | port ${port} of 127.0.0.1\n`);
  });
});

Deno.test("launch up --json tells events, the last how it ended", async () => {
  const file = `
[roles.a]
run = "echo hi; exit 3"
`;
  await withLaunch(file, async (launch) => {
    const { code, stdout } = await launch.process.ended;
    assert.equal(code, 3);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ type }) => type), [
      ...["started", "line", "exited", "ending", "over"],
    ]);
    assert.deepEqual(events[1], { type: "line", copy: "a", stream: "stdout", text: "hi" });
    assert.deepEqual(events.at(-1), {
      ...{ type: "over", code: 3 },
      failures: [{ copy: "a", code: 3, why: "ended with 3", required: true }],
    });
  }, ["--json", "--log-level", "warn"]);
});

Deno.test("launch status says what runs, launch stop ends it", async () => {
  const file = `
name = "lesson"
[roles.sleeper]
run = "echo here; sleep 1000"
ready = { line = "here" }
copies = 2
`;
  await withLaunch(file, async (launch) => {
    await launch.process.matching(
      /sleeper\.1 \| here\n[^]*sleeper|sleeper\.2 \| here\n[^]*sleeper/,
    );
    const { stdout } = await launched(launch.folder, ["status", "--json"]);
    const status = JSON.parse(stdout);
    assert.equal(status.name, "lesson");
    assert.equal(status.pid, launch.process.child.pid);
    assert.deepEqual(
      status.copies.map(({ name, machine }: Record<string, unknown>) => [name, machine]),
      [["sleeper.1", "here"], ["sleeper.2", "here"]],
    );
    assert.equal((await launched(launch.folder, ["stop", "other"])).code, 1);
    assert.equal((await launched(launch.folder, ["stop", "lesson"])).code, 0);
    assert.equal((await launch.process.ended).code, 130);
    await launch.gone();
    assert.equal((await launched(launch.folder, ["stop"])).code, 1, "nothing runs any more");
  });
});

Deno.test("launch collect ends with the report of its clients", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await launched(folder, [
      ...["collect", "--nb_clients", "2", "--interval", "15ms", "--duration", "1s"],
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^server {3}\| listening on 127\.0\.0\.1:\d+$/m);
    for (const client of ["client-1", "client-2"]) {
      assert.match(stdout, new RegExp(`^${client}: (\\d+) sent = \\1 stored \\+ 0 equal`, "m"));
    }
  });
});

Deno.test("launch timer ends with the report of its client", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await launched(folder, ["timer", "--num_msgs", "50"]);
    assert.equal(code, 0);
    assert.match(stdout, /^50 sent, 50 answered, 0 lost/m);
  });
});

Deno.test("launch chat has bots that see every line of all", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await launched(folder, [
      ...["chat", "--bots", "3", "--duration", "1s", "--interval", "100ms", "--json"],
    ]);
    assert.equal(code, 0, stdout);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const bots = events.filter(({ type }) => type === "bot");
    const said = bots.reduce((sum, bot) => sum + bot.said, 0);
    assert.deepEqual(bots.map(({ seen, from }) => [seen, from]), Array(3).fill([said, 3]));
  });
});

Deno.test("launch mapreduce counts with its workers", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "one two two\nthree three three\n");
    const { code, stdout } = await launched(folder, [
      ...["mapreduce", "--workers", "2", "--job", "wordcount", "--output", `${folder}/out`],
      ...["--top", "2", `${folder}/a.txt`],
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^wordcount: done/m);
    assert.match(stdout, /^ +3 {2}three\n +2 {2}two$/m);
  });
});

Deno.test("launch collect leaves nothing after ^C in the middle", async () => {
  await withFolder(async (folder) => {
    await using process = new TramProcess(
      ["launch", "collect", "--duration", "1h", "--store", `${folder}/s.sqlite`],
      { TRAM_STATE_DIR: `${folder}/state` },
    );
    await process.matching(/client-3 joined/);
    process.kill("SIGINT");
    assert.equal((await process.ended).code, 130);
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      let command = "";
      try {
        command = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      } catch {
        // It has ended.
      }
      assert(!command.includes(folder), command);
    }
  });
});
