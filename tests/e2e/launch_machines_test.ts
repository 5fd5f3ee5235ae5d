/** Roles on other machines, by a real ssh, encrypted. Debian: openssh-server. */
import assert from "node:assert/strict";
import { eventually, marked } from "./launch_processes.ts";
import { type Ended, runTram, tramCommand, TramProcess, withFolder } from "./processes.ts";
import { sshAbsence, SshRoom } from "./ssh_room.ts";

const ignore = sshAbsence() !== undefined;

/** The tram under test as one file, as it is brought to a machine. */
async function tramFile(room: SshRoom): Promise<string> {
  const named = Deno.env.get("TRAM_BIN");
  if (named) return await Deno.realPath(named);
  const path = `${room.folder}/tram.sh`;
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  // Where modules are kept depends on XDG_CACHE_HOME, which is another over there.
  const modules = Deno.env.get("DENO_DIR") ?? `${home}/deno`;
  const { command, prefix } = tramCommand();
  const words = [command, ...prefix].map((word) => `'${word}'`).join(" ");
  const line = `DENO_DIR='${modules}' exec ${words} "$@"`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

/** What every launch with machines of a room is told. */
async function machineArgs(room: SshRoom): Promise<string[]> {
  return [
    ...["--ssh-config", room.configFile, "--executable", await tramFile(room)],
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

/** Numbers of workers of a room that have this index, over there. */
function workers(room: SshRoom, index: number): number[] {
  const wanted = [`XDG_CACHE_HOME=${room.cache}`, "TRAM_ROLE=worker", `TRAM_INDEX=${index}`];
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const variables = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      return wanted.every((each) => variables.includes(each)) ? [Number(name)] : [];
    } catch {
      return []; // it has ended, or is no process
    }
  });
}

test("launch mapreduce --machines counts as one machine does, also when a worker is killed", async (room) => {
  await withFolder(async (folder) => {
    for (let file = 0; file < 8; file++) {
      const text = Array.from({ length: 60_000 }, (_, at) => `word${at % (997 + file)} a b`);
      await Deno.writeTextFile(`${folder}/${file}.txt`, `${text.join("\n")}\n`);
    }
    const inputs = [0, 1, 2, 3, 4, 5, 6, 7].map((file) => `${folder}/${file}.txt`);
    const job = ["--job", "wordcount"];
    const alone = await runTram([
      ...["mapreduce", "run", ...job, "--workers", "0", "--output", `${folder}/alone`, ...inputs],
    ]);
    assert.equal(alone.code, 0, alone.stderr);
    const list = await room.list("node[1-4]\n");
    await using process = new TramProcess([
      ...["launch", "mapreduce", "--workers", "4", ...job, "--output", `${folder}/out`],
      ...["--machines", list, ...await machineArgs(room), ...inputs],
    ], { TRAM_STATE_DIR: `${room.folder}/state` });
    await process.matching(/worker\.2 +\| tram: joined/);
    const killed = workers(room, 2);
    assert(killed.length > 0);
    for (const pid of killed) Deno.kill(pid, "SIGKILL");
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /worker\.2 was ended by SIGKILL/);
    assert.match(stdout, /wordcount: done/);
    for (let part = 0; part < 8; part++) {
      const name = `part-0000${part}`;
      const [a, b] = await Promise.all([
        Deno.readTextFile(`${folder}/alone/${name}`),
        Deno.readTextFile(`${folder}/out/${name}`),
      ]);
      assert.equal(b, a, name);
    }
  });
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
run = "trap '' TERM; setsid sleep 1000 & echo {host} is here; while :; do sleep 0.1; done"
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
  assert.equal(code, 1);
  assert.match(stderr, /client\.2.*dead/);
  for (const client of [1, 3]) {
    assert.match(stdout, new RegExp(`^client-${client}: (\\d+) sent = \\1 stored`, "m"));
  }
});
