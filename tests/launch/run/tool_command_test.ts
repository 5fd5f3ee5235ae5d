import assert from "node:assert/strict";
import type { RunContext } from "../../../lib/context.ts";
import { FakeRoom } from "../../fake_context.ts";
import { FakeLaunchHost } from "./fake_launch_host.ts";
import "../../../lib/launch/run/tools/run_tool.ts";
import { slotsOf } from "../../../lib/launch/run/tools/slots_of.ts";
import "../../../lib/launch/run/tools/bot.ts";
import "../../../lib/chat/serve.ts";
import "../../../lib/chat/join.ts";

/** Runs `tram launch ARGS` to its end, with tools that run in the same room. */
async function launch(
  args: readonly string[],
  prepare: (host: FakeLaunchHost, room: FakeRoom) => void = () => {},
) {
  const room = new FakeRoom();
  const host = new FakeLaunchHost(room);
  prepare(host, room);
  const { exitCode, stdout, stderr } = room.run(["launch", ...args]);
  const code = await room.clock.runUntil(exitCode);
  assert.deepEqual(host.room.alive, [], "nothing is left");
  assert.equal(host.folders.size, 0, "no folder is left");
  return { code, out: stdout.text, err: stderr.text, host, room };
}

Deno.test("launch collect has clients send, and shows the report of the server", async () => {
  const { code, out, err, host } = await launch([
    ...["collect", "--nb_clients", "2", "--interval", "15ms", "--duration", "3s"],
  ]);
  assert.equal(code, 0, err);
  assert.match(out, /^client\.2 \| client-2 to 127\.0\.0\.1:\d+: 200 samples taken, 200 stored$/m);
  assert.match(out, /^client-1: 200 sent = 200 stored \+ 0 equal \+ 0 lost$/m);
  assert.equal(host.logs.size, 0, "logs are kept only when asked for");
});

Deno.test("launch collect --json tells events, and what the tool says of each client", async () => {
  const { code, out, err } = await launch(["collect", "--clients", "1", "--count", "5", "--json"]);
  assert.equal(code, 0, err);
  const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  const types = new Set(events.map(({ type }) => type));
  assert.deepEqual([...types].sort(), [
    ...["client", "ending", "exited", "line", "over", "ready", "started"],
  ]);
  const { copy, clientId } = events.find(({ type }) => type === "client");
  assert.deepEqual([copy, clientId], ["report", "client-1"]);
  assert.deepEqual(events.at(-1), { type: "over", code: 0, failures: [] });
});

Deno.test("launch collect takes no token and no TLS from the environment", async () => {
  const { code, host } = await launch(["collect", "--clients", "1", "--count", "1"]);
  assert.equal(code, 0);
  for (const { start: { env } } of host.room.processes) {
    assert.match(env["TRAM_TOKEN_FILE"] ?? "", /\/token$/);
    assert.equal(env["TRAM_TLS_CA"], "none");
    for (const name of ["TRAM_COLLECT_TLS_CA", "TRAM_COLLECT_TOKEN_FILE"]) {
      assert.equal(env[name], "", name); // unset, whatever the launcher has
    }
  }
});

Deno.test("launch collect takes no token and no TLS from a file", async () => {
  const room = new FakeRoom();
  new FakeLaunchHost(room);
  const own = 'tls-ca = "c.pem"\ntls-key = "k.pem"\ntoken-file = "t"\ninsecure = true\n';
  room.texts.set("./tram.toml", `tls-ca = "gone.pem"\n[collect]\n${own}`);
  const run = room.run(["launch", "collect", "--clients", "1", "--count", "1"]);
  assert.equal(await room.clock.runUntil(run.exitCode), 0, run.stderr.text);
});

Deno.test("launch collect --log-dir keeps what each wrote", async () => {
  const { host, err } = await launch([
    "collect",
    "--clients",
    "2",
    "--count",
    "3",
    "--log-dir",
    "l",
  ]);
  assert.deepEqual([...host.logs.keys()].sort(), [
    ...["l/client.1.log", "l/client.2.log", "l/report.log", "l/server.log"],
  ]);
  assert.match(host.logs.get("l/server.log") ?? "", /^listening on /);
  assert.match(err, /^tram: what each wrote is in l$/m);
});

Deno.test("launch timer shows the report of its client as it is, those of several with names", async () => {
  const one = await launch(["timer", "--num_msgs", "50"]);
  assert.equal(one.code, 0, one.err);
  assert.match(one.out, /^50 sent, 50 answered, 0 lost/m);
  const two = await launch(["timer", "--clients", "7", "--count", "20"]);
  assert.equal(two.code, 0, two.err);
  assert.match(two.out, /^client\.7 \| 20 sent, 20 answered, 0 lost/m);
});

Deno.test("launch chat has bots that see every line of all", async () => {
  const { code, out, err } = await launch(["chat", "--bots", "3", "--duration", "2s"]);
  assert.equal(code, 0, err);
  const bots = [...out.matchAll(/^bot\.\d {2}\| said (\d+) lines, saw (\d+), by 3 bots$/gm)];
  assert.equal(bots.length, 3, out);
  const said = bots.reduce((sum, [, lines]) => sum + Number(lines), 0);
  assert.deepEqual(bots.map(([, , seen]) => Number(seen)), [said, said, said]);
});

Deno.test("launch mapreduce counts with its workers, and shows the report of the run", async () => {
  const { code, out, err } = await launch(
    ["mapreduce", "--workers", "2", "--output", "out", "--top", "2", "-i", "/data/a.txt"],
    (_, room) => room.inputFiles.put("/data/a.txt", "one two two\nthree three three\n"),
  );
  assert.equal(code, 0, err + out);
  assert.match(out, /^wordcount: done in /m);
  assert.match(out, /^ +3 {2}three\n +2 {2}two$/m);
  assert.match(out, /^worker\.[12] \| tram: joined the coordinator /m);
});

Deno.test("launch says what failed, and starts nothing that needs it", async () => {
  const { code, err, host } = await launch([
    ...["timer", "--clients", "7", "--host", "192.0.2.1", "--port", "70"],
  ], (host) => host.room.missing.add("tram"));
  assert.equal(code, 1);
  assert.match(err, /^tram: error: server: Cannot start tram: there is no such program$/m);
  assert.equal(host.room.processes.length, 0);
});

/** Command lines that are wrong, and what is said about them. */
const WRONG: readonly (readonly [string, string])[] = [
  ["collect --clints 3", "No flag registered for --clints, did you mean --clients?"],
  ["collect --clients 501", "wanted at most 500, got 501"],
  ["collect --interval 5apples", "wanted a duration such as"],
  ["collect extra", "Too many arguments"],
  ["timer --size 3", "wanted a size from 16 to 64KiB"],
  ["timer --port 70000", "wanted a whole number from 0 to 65535"],
  ["chat --bots none", 'got "none"'],
  ["mapreduce a.txt", "without --output: give it, or set TRAM_LAUNCH_OUTPUT"],
  ["mapreduce --output out", "without inputs: give files, folders, patterns, URLs or @LIST"],
  ["mapreduce --output out --tokens foo a.txt", "wanted whitespace or unicode"],
  ["collect --machines room.hosts", "the list of machines room.hosts: there is no such file"],
  ["colect", "did you mean `collect`?"],
];

Deno.test("launch says what is wrong with a command line, in one line, before it starts anything", async () => {
  for (const [line, message] of WRONG) {
    const { code, out, err, host } = await launch(line.split(" "));
    assert.equal(code, 2, line);
    assert.equal(out, "", line);
    assert.match(err, /^tram: [^\n]+\n$/, line);
    assert(err.includes(message), err);
    assert.equal(host.room.processes.length, 0, line);
  }
});

Deno.test("launch takes checks and words of the tools as they are", async () => {
  const room = new FakeRoom();
  const { exitCode, stdout } = room.run(["launch", "timer", "--help"], {}, 200);
  assert.equal(await exitCode, 0);
  assert.match(
    stdout.text,
    /--in-flight N +Most requests per connection that wait[^-]*\(default: 1\)/,
  );
});

Deno.test("slotsOf() counts the places for workers on the machines of a list", async () => {
  const files = { readText: () => Promise.resolve("n[1-3] slots=2\nhere\n") };
  const context = { files } as unknown as RunContext;
  const count = (machines?: string, exclude?: string[]) => slotsOf(context, { machines, exclude });
  assert.equal(await count(), undefined);
  assert.equal(await count("room.hosts"), 7);
  assert.equal(await count("room.hosts", ["n2"]), 5);
});
