/** Roles on other machines, by a real ssh, encrypted. Debian: openssh-server. */
import assert from "node:assert/strict";
import { eventually, marked } from "./launch_processes.ts";
import { type Ended, runTram, TramProcess } from "./processes.ts";
import { sshAbsence, SshRoom } from "./ssh_room.ts";
import { tramScript } from "./tram_file.ts";

const ignore = sshAbsence() !== undefined;

/** What every launch with machines of a room is told. */
async function machineArgs(room: SshRoom): Promise<string[]> {
  return [
    ...["--ssh-config", room.configFile, "--executable", await tramScript(room.folder)],
    ...["--advertise", "127.0.0.1"],
  ];
}

function test(name: string, body: (room: SshRoom) => Promise<void>, aliases = 4): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      const names = Array.from({ length: aliases }, (_, at) => `node${at + 1}`);
      await using room = await SshRoom.open({ aliases: names });
      await body(room);
    },
  });
}

async function launch(room: SshRoom, ...args: readonly string[]): Promise<Ended> {
  return await runTram(["launch", ...args, ...await machineArgs(room)], {
    TRAM_STATE_DIR: `${room.folder}/state`,
  });
}

test("launch timer --machines measures from other machines, encrypted", async (room) => {
  const list = await room.list("node[1-2] slots=2\n");
  const args = ["timer", "--clients", "3", "--count", "50", "--machines", list];
  const { code, stdout, stderr } = await launch(room, ...args);
  assert.equal(code, 0, stderr);
  assert.equal(stdout.match(/50 sent, 50 answered, 0 lost/g)?.length, 3);
  assert.doesNotMatch(`${stdout}${stderr}`, /not encrypted/);
});

test("launch collect --machines reports on all of them", async (room) => {
  const list = await room.list("node[1-3]\n");
  const args = ["collect", "--clients", "3", "--duration", "1s", "--machines", list];
  const { code, stdout, stderr } = await launch(room, ...args);
  assert.equal(code, 0, stderr);
  for (const client of [1, 2, 3]) {
    assert.match(stdout, new RegExp(`^client-${client}: (\\d+) sent = \\1 stored`, "m"));
  }
});

test("launch up leaves nothing on other machines, whatever happens to the launcher", async (room) => {
  const list = await room.list("node[1-3]\n");
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    const mark = crypto.randomUUID();
    const path = `${room.folder}/launch.toml`;
    await Deno.writeTextFile(
      path,
      `
[roles.far]
run = "trap '' TERM; setsid sleep 50 & echo {host} is here; for i in $(seq 500); do sleep 0.1; done"
ready = { line = "here" }
copies = 3
machines = "${list}"
stop_grace = "300ms"
env = { TEST_MARK = "${mark}" }
`,
    );
    await using process = new TramProcess(
      ["launch", "up", path, "--no-logs", ...await machineArgs(room)],
      { TRAM_STATE_DIR: `${room.folder}/state` },
    );
    for (const node of [1, 2, 3]) {
      await process.matching(new RegExp(`far\\.${node} \\| node${node} is here`));
    }
    assert(marked(mark).length >= 6);
    process.kill(signal);
    const { code } = await process.ended;
    if (signal === "SIGINT") {
      assert.equal(code, 130);
      assert.deepEqual(marked(mark), [], "nothing is left when the launcher has ended");
    }
    await eventually(() => marked(mark), (seen) => seen.length === 0, "something is left");
  }
});

test("launch names a machine that cannot be reached, and goes on with the others", async (room) => {
  await room.configure("Host dead\n  HostName 127.0.0.1\n  Port 1\n");
  const list = await room.list("node1\ndead\nnode2\n");
  const args = ["collect", "--clients", "3", "--duration", "1s", "--machines", list];
  const { code, stdout, stderr } = await launch(room, ...args);
  assert.equal(code, 69);
  assert.match(stderr, /client\.2.*dead/);
  for (const client of [1, 3]) {
    assert.match(stdout, new RegExp(`^client-${client}: (\\d+) sent = \\1 stored`, "m"));
  }
});

Deno.test({
  name: "launch --tunnel says which machine takes no ports",
  ignore,
  async fn() {
    await using room = await SshRoom.open({ sshd: ["AllowTcpForwarding no"] });
    const list = await room.list("node1\n");
    const { code, stderr } = await launch(
      room,
      ...["timer", "--count", "5", "--tunnel", "--machines", list],
    );
    assert.equal(code, 1);
    assert.match(stderr, /client .*Cannot reach this machine from node1 by ssh: it takes no ports/);
  },
});

test("launch leaves nothing on another machine while the launcher stands still", async (room) => {
  const mark = crypto.randomUUID();
  const path = `${room.folder}/launch.toml`;
  const list = await room.list("node1\n");
  await Deno.writeTextFile(
    path,
    `
[roles.far]
run = "setsid sleep 50 & echo here; sleep 50"
ready = { line = "here" }
machines = "${list}"
env = { TEST_MARK = "${mark}" }
`,
  );
  await using process = new TramProcess(
    ["launch", "up", path, "--no-logs", "--silence", "2s", ...await machineArgs(room)],
    { TRAM_STATE_DIR: `${room.folder}/state` },
  );
  await process.matching(/far \| here/);
  assert(marked(mark).length >= 2);
  process.kill("SIGSTOP");
  await eventually(() => marked(mark), (seen) => seen.length === 0, "something is left");
  process.kill("SIGCONT");
  const { code, stderr } = await process.ended;
  assert.notEqual(code, 0);
  assert.match(stderr, /^tram: error: far /m);
});
