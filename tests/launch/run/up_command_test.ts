import assert from "node:assert/strict";
import { FakeRoom } from "../../fake_context.ts";
import type { FakeProcess } from "../guard/fake_process_room.ts";
import { FakeSshWorld } from "../ssh/fake_ssh_world.ts";
import { FakeLaunchHost } from "./fake_launch_host.ts";
import "../../../lib/launch/run/init.ts";
import "../../../lib/launch/run/status.ts";
import "../../../lib/launch/run/up.ts";

/** A room with a launch file. */
function roomWith(file: string): { readonly room: FakeRoom; readonly host: FakeLaunchHost } {
  const room = new FakeRoom();
  room.texts.set("launch.toml", file);
  return { room, host: new FakeLaunchHost(room) };
}

/** Runs `tram launch ARGS` to its end. */
async function launch(room: FakeRoom, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = room.run(["launch", ...args]);
  const code = await room.clock.runUntil(exitCode);
  return { code, out: stdout.text, err: stderr.text };
}

const SLEEPER = `
name = "lesson"
[roles.sleeper]
run = "sleep"
copies = 2
`;

Deno.test("launch init writes a file once, and launch up runs it", async () => {
  const room = new FakeRoom();
  const host = new FakeLaunchHost(room);
  const init = await launch(room, "init");
  assert.deepEqual([init.code, init.err], [0, ""]);
  assert.equal(init.out, 'launch.toml is written; "tram launch up launch.toml" runs it\n');
  const again = await launch(room, "init");
  assert.equal(again.code, 2);
  assert.match(again.err, /^tram: Cannot write launch\.toml: it is there; .* --force\n$/);
  assert.equal((await launch(room, "init", "--force")).code, 0);

  const up = await launch(room, "up");
  assert.equal(up.code, 0, up.err);
  assert.match(up.out, /^client\.3 \| c-3 to 127\.0\.0\.1:\d+: 300 samples taken, 300 stored$/m);
  assert.match(up.out, /^c-1: 300 sent = 300 stored/m);
  assert.match(up.err, /^tram: what each wrote is in launch-lesson-[\d-]+$/m);
  assert.equal(host.logs.size, 5);
  assert.deepEqual([host.room.alive, host.folders.size], [[], 0], "nothing is left");
});

Deno.test("launch up --only starts a role and what it needs; --no-logs keeps nothing", async () => {
  const { room, host } = roomWith(SLEEPER + '[roles.other]\nrun = "other"\nafter = "sleeper"\n');
  host.programs.set("other", (process) => {
    process.output.push("hi\n");
    process.exit(3);
  });
  const { code, out, err } = await launch(room, "up", "--only", "other", "--no-logs");
  assert.equal(code, 3);
  assert.equal(out, "other     | hi\n");
  assert.match(err, /^tram: error: other ended with 3$/m);
  assert.equal(host.logs.size, 0);
  assert.match((await launch(room, "up", "--only", "sleper")).err, /did you mean "sleeper"\?/);
});

Deno.test("launch up says what ended everything when it happens, and once more at the end", async () => {
  const { room, host } = roomWith(SLEEPER + '[roles.other]\nrun = "other"\n');
  host.programs.set("other", (process) => process.exit(7));
  const { code, err } = await launch(room, "up", "--no-logs");
  assert.equal(code, 7);
  assert.equal(err.match(/other ended with 7/g)?.length, 2, err);
  assert.match(err, /^tram: other ended with 7\ntram: everything is stopped, since other is req/);
  assert.match(err, /\ntram: error: other ended with 7\n$/);
});

Deno.test("launch up fills in the number of a process, and the run's folder", async () => {
  const { room, host } = roomWith(
    SLEEPER +
      '[roles.b]\nrun = ["b", "{sleeper.2.pid}", "{run}"]\nafter = "sleeper"\ncwd = "{run}"\n' +
      '[end]\nroles = ["b"]\n',
  );
  host.room.missing.add("no");
  const running = room.run(["launch", "up", "--no-logs"]);
  await room.clock.advance(1000);
  const [, second, b] = host.room.processes;
  const folder = [...host.folders][0];
  assert.deepEqual(b?.start.args, [String(second?.pid), folder]);
  assert.equal(b?.start.cwd, folder);
  b?.exit(0);
  assert.equal(await room.clock.runUntil(running.exitCode), 0);
});

Deno.test("launch up says what was waited for in vain, and folds equal failures", async () => {
  const { room } = roomWith(`
[roles.a]
run = "sleep"
ready = { line = 'port (\\d+)', timeout = "2s" }
[roles.b]
run = "sleep"
ready = { tcp = 4711, timeout = "1m" }
after = "a"
[roles.c]
run = ["missing"]
copies = 7
after = "a"
[end]
roles = ["a", "b", "c"]
`);
  const { code, err } = await launch(room, "up", "--no-logs");
  assert.equal(code, 1);
  const late = "a was not ready within 2 s: no line of its standard output matched /port (\\d+)/u";
  assert(err.includes(`tram: error: ${late}\n`), err);
  assert.match(
    err,
    /^tram: error: b, c\.1, c\.2, c\.3, 4 more not started, because a is not ready$/m,
  );
});

Deno.test("launch up says in one line what is wrong with a file, its role and its key", async () => {
  const wrong: readonly (readonly [string, string])[] = [
    ["[roles.a]\nrun = 'x", "line 2, column 7: unfinished string"],
    ["[roles.a]\nrun = 'x'\n[roles.a]\nrun = 'y'", "line 3, column 2: "],
    ["[roles.a]\nrnu = 'x'", 'roles.a.rnu: there is no such key; did you mean "run"?'],
    ["[roles.a]\nrun = 'x'\n[end]\nroles = ['b']", 'end.roles: there is no role "b"'],
    ["[roles.a]\nrun = 'x'\nafter = 'a'", "roles.a.after: roles wait for each other: a after a"],
    ["[roles.a]\nrun = 'x'\nmachines = 'm'", "Cannot read the list of machines m: there is no"],
  ];
  for (const [text, message] of wrong) {
    const { room, host } = roomWith(text);
    const { code, out, err } = await launch(room, "up");
    assert.deepEqual([code, out, host.room.processes.length], [2, "", 0], text);
    assert.match(err, /^tram: Cannot [^\n]+\n$/);
    assert(err.includes(message), err);
  }
  const missing = await launch(new FakeRoom(), "up", "x.toml");
  assert.match(missing.err, /^tram: Cannot use x\.toml: there is no such file; "tram launch init"/);
});

Deno.test("launch status shows copies, launch stop ends the run as ^C does", async () => {
  const { room, host } = roomWith(SLEEPER);
  const up = room.run(["launch", "up", "--no-logs"]);
  await room.clock.advance(3000);
  const { out } = await launch(room, "status");
  const [first, second] = host.room.processes;
  assert.match(out, /^lesson {2}process \d+, run [0-9a-f]{16}, 3\.0 s\n/);
  assert(
    out.endsWith(
      `  sleeper.1  ready  process ${first?.pid}\n  sleeper.2  ready  process ${second?.pid}\n`,
    ),
    out,
  );
  const json = JSON.parse((await launch(room, "status", "lesson", "--json")).out);
  assert.deepEqual(json.copies.map(({ pid }: { pid: number }) => pid), [first?.pid, second?.pid]);
  assert.match((await launch(room, "status", "other")).err, /^tram: no other runs$/m);

  const other = await launch(room, "stop", "other");
  assert.deepEqual([other.code, other.err], [1, "tram: Cannot stop other: what runs is lesson\n"]);
  const stop = await launch(room, "stop");
  assert.deepEqual([stop.code, stop.err], [0, "tram: lesson is stopping\n"]);
  assert.equal(await room.clock.runUntil(up.exitCode), 130);
  assert.deepEqual(host.room.signals.filter((signal) => signal.startsWith("SIGTERM")), [
    ...[`SIGTERM ${first?.pid}`, `SIGTERM ${second?.pid}`],
  ]);
  assert.equal(
    (await launch(room, "stop")).err,
    "tram: Cannot stop anything: nothing of yours runs\n",
  );
  assert.equal((await launch(room, "status")).err, "tram: nothing runs\n");
});

Deno.test("launch status shows what answers, whatever does not", async () => {
  const { room, host } = roomWith(SLEEPER);
  room.texts.set("b.toml", SLEEPER.replace("lesson", "b"));
  const runs = [["up", "b.toml", "--no-logs"], ["up", "--no-logs"]].map((args) =>
    room.run(["launch", ...args])
  );
  await room.clock.advance(1000);
  const [path = ""] = (await host.listControls("")).filter((each) => each.includes("/b-"));
  host.hung.add(path);
  const { code, out, err } = await launch(room, "status");
  assert.equal(code, 0);
  assert.match(out, /^lesson /);
  assert.match(err, /^tram: warning: Cannot ask the run at .*b-\d+\.sock: it does not answer\n$/);
  assert.match((await launch(room, "status", "b")).err, /^tram: Cannot ask the run/);
  assert.equal((await launch(room, "stop", "lesson")).code, 0);
  host.hung.clear();
  assert.equal((await launch(room, "stop", "b")).code, 0);
  for (const { exitCode } of runs) assert.equal(await room.clock.runUntil(exitCode), 130);
});

Deno.test("launch stop wants a name when several run", async () => {
  const { room } = roomWith(SLEEPER);
  room.texts.set("b.toml", SLEEPER.replace("lesson", "b"));
  const runs = [["up", "--no-logs"], ["up", "b.toml", "--no-logs"]].map((args) =>
    room.run(["launch", ...args])
  );
  await room.clock.advance(1000);
  const { code, err } = await launch(room, "stop");
  assert.equal(code, 2);
  assert.match(err, /^tram: Cannot tell what to stop: (lesson, b|b, lesson) run; name one\n$/);
  for (const name of ["b", "lesson"]) assert.equal((await launch(room, "stop", name)).code, 0);
  for (const { exitCode } of runs) assert.equal(await room.clock.runUntil(exitCode), 130);
});

Deno.test("launch up ends at once at a second ^C", async () => {
  const { room, host } = roomWith('[roles.deaf]\nrun = ["deaf"]\nstop_grace = "1h"\n');
  host.room.deaf.add("deaf");
  const up = room.run(["launch", "up", "--no-logs"]);
  await room.clock.advance(1000);
  up.interrupt();
  await room.clock.advance(60_000);
  assert.equal(host.room.alive.length, 1, "it has its time");
  up.interrupt();
  assert.equal(await room.clock.runUntil(up.exitCode), 130);
  assert.match(up.stderr.text, /once more to do so at once\n[^]*deaf ended by SIGKILL/);
});

Deno.test("launch up says which machine cannot be reached, and why, also when it is wanted later", async () => {
  const { room, host } = roomWith(`
[roles.first]
run = "first"
ready = { exit = true }
[roles.far]
run = "far"
machines = "room.hosts"
after = "first"
[end]
roles = ["far"]
`);
  room.texts.set("room.hosts", "node7\n");
  const world = new FakeSshWorld(); // nobody knows any host there
  const executable = {
    ...{ path: "tram", sizeBytes: 2, sha256: "00".repeat(32), head: new Uint8Array([35, 33]) },
    read: async function* () {},
  };
  world.openExecutable = () => Promise.resolve(executable);
  room.sshWorld = world;
  const first = Promise.withResolvers<FakeProcess>();
  host.programs.set("first", first.resolve);
  const up = room.run(["launch", "up", "--no-logs", "--executable", "tram"]);
  // Certificates are made in real time.
  const process = await first.promise;
  await room.clock.advance(60_000);
  process.exit(0);
  assert.equal(await room.clock.runUntil(up.exitCode), 69);
  const last = up.stderr.text.trimEnd().split("\n").at(-1) ?? "";
  assert.match(last, /^tram: error: far: Cannot reach node7: nobody knows a machine of this name$/);
});

Deno.test("launch up says which address in a list of machines is none", async () => {
  for (
    const [address, says] of [
      ["10.0.0.300", /^tram: Cannot use address= of the machine node7: wanted a DNS name or an IP/],
      ["", /^tram: Cannot use address= of the machine node7: wanted a DNS name or an IP/],
    ] as const
  ) {
    const { room } = roomWith('[roles.far]\nrun = "far"\nmachines = "room.hosts"\n');
    room.texts.set("room.hosts", `node7 address=${address}\n`);
    const world = new FakeSshWorld(); // nobody knows any host there
    const executable = {
      ...{ path: "tram", sizeBytes: 2, sha256: "00".repeat(32), head: new Uint8Array([35, 33]) },
      read: async function* () {},
    };
    world.openExecutable = () => Promise.resolve(executable);
    room.sshWorld = world;
    const up = room.run(["launch", "up", "--no-logs", "--executable", "tram"]);
    await up.stderr.matching(says); // certificates are made in real time
    const code = await room.clock.runUntil(up.exitCode);
    assert.equal(code, 2);
  }
});
