/**
 * Launches over machines of their own: network namespaces with an sshd and a process table each. Linux,
 * root; Debian: iproute2, openssh-server.
 */
import assert from "node:assert/strict";
import { gatedInputs } from "./gated_inputs.ts";
import { eventually, marked } from "./launch_processes.ts";
import { labAbsence, MachineLab } from "./machine_lab.ts";
import { runTram, TramProcess, withFolder } from "./processes.ts";
import { tramScript } from "./tram_file.ts";

/** A test that fails where there can be no such machines: nothing else shows what it shows. */
function test(name: string, body: (lab: MachineLab, folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const absence = labAbsence();
    if (absence !== undefined) throw new Error(`Cannot make machines for this test: ${absence}`);
    await withFolder(async (folder) => {
      await using lab = await MachineLab.open(4);
      await body(lab, folder);
    });
  });
}

/** Flags of a launch over the machines of a lab. */
async function labFlags(lab: MachineLab, folder: string, list = "node[1-4]"): Promise<string[]> {
  await Deno.writeTextFile(`${folder}/lab.hosts`, `${list}\n`);
  return [
    ...["--machines", `${folder}/lab.hosts`, "--ssh-config", lab.configFile],
    ...["--executable", await tramScript(folder), "--advertise", lab.address],
  ];
}

/** Processes of tram on a machine whose command line matches: numbers as this machine has them. */
function processesOf(lab: MachineLab, number: number, pattern: RegExp): number[] {
  const cache = `XDG_CACHE_HOME=${lab.rooms[number - 1]?.cache}`;
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
      if (!pattern.test(command) || / [ZX] /.test(Deno.readTextFileSync(`/proc/${name}/stat`))) {
        return [];
      }
      const variables = Deno.readTextFileSync(`/proc/${name}/environ`).split("\0");
      return variables.includes(cache) ? [Number(name)] : [];
    } catch {
      return []; // it has ended, or is no process
    }
  });
}

const GUARD = /launch guard $/;
const WORKER = /mapreduce worker /;

function childrenOf(pid = 0): number[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

/** Texts that make several tasks. */
const TEXTS = Array.from(
  { length: 8 },
  (_, file) => Array.from({ length: 110_000 }, (_, at) => `word${at % (997 + file)} b`).join("\n"),
);

/** What stands in the parts of an output, in order. */
function output(folder: string): string[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return names.filter((name) => name.startsWith("part-")).map((name) =>
    `${name}\n${Deno.readTextFileSync(`${folder}/${name}`)}`
  );
}

/**
 * A mapreduce over four machines, with one lost while each of them has a task in its hands; its output
 * is what one process makes alone, over TLS.
 */
function mapreduceTest(
  name: string,
  flags: readonly string[],
  lose: (lab: MachineLab) => Promise<void> | void,
  stderrSays: RegExp,
): void {
  test(name, async (lab, folder) => {
    await using inputs = gatedInputs(lab.address, TEXTS);
    await using process = new TramProcess([
      ...["launch", "mapreduce", "--json", "--workers", "4", "--threads", "1"],
      ...["--output", `${folder}/out`, ...flags, ...await labFlags(lab, folder), ...inputs.urls],
    ], { TRAM_STATE_DIR: `${folder}/state` });
    await process.matching(/"type":"plan"/);
    inputs.close();
    const [, port] = await process.matching(/"type":"listening".*"port":(\d+)/);
    await assert.rejects(
      async () => {
        using conn = await Deno.connectTls({ hostname: lab.address, port: Number(port) });
        await conn.handshake();
      },
      /UnknownIssuer/,
      "it speaks TLS, with an authority of its own",
    );
    const joined = Array(4).fill('"change":"joined","worker":"([^"]+)"').join("[^]*?");
    const [, ...ids] = await process.matching(new RegExp(joined));
    for (const id of ids) {
      await process.matching(new RegExp(`"change":"started".*"kind":"map".*"worker":"${id}"`));
    }
    await lose(lab);
    inputs.open();
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, stderrSays);
    assert.match(stdout, /"type":"summary".*"outcome":"done"/);
    const alone = await runTram([
      ...["mapreduce", "run", "--job", "wordcount", "--workers", "0"],
      ...["--output", `${folder}/alone`, ...inputs.urls],
    ]);
    assert.equal(alone.code, 0, alone.stderr);
    assert.deepEqual(output(`${folder}/out`), output(`${folder}/alone`));
  });
}

mapreduceTest(
  "launch mapreduce over four machines gives the same when guard and worker of one are killed",
  [],
  (lab) => {
    const pids = [...processesOf(lab, 2, GUARD), ...processesOf(lab, 2, WORKER)];
    assert(pids.length >= 2);
    for (const pid of pids) Deno.kill(pid, "SIGKILL");
  },
  /worker\.2 is lost: node2: /,
);

mapreduceTest(
  "launch mapreduce over four machines gives the same when one of them vanishes",
  ["--silence", "3s"],
  (lab) => lab.cutOff(3),
  /worker\.3 is lost: node3: nothing was heard from it for 3\.0 s/,
);

/** A launch file whose role leaves its session, and does not want to end. */
function stubbornRole(mark: string, list: string): string {
  return `
[roles.far]
run = "trap '' TERM; setsid sleep 50 & echo here; for i in $(seq 500); do sleep 0.1; done"
ready = { line = "here" }
copies = 3
machines = "${list}"
stop_grace = "300ms"
env = { TEST_MARK = "${mark}" }
[end]
roles = ["far"]
`;
}

test(
  "launch up leaves nothing where a machine vanishes, a session of sshd or a guard is killed",
  async (lab, folder) => {
    const mark = crypto.randomUUID();
    const flags = await labFlags(lab, folder, "node[1-3]");
    await Deno.writeTextFile(`${folder}/far.toml`, stubbornRole(mark, `${folder}/lab.hosts`));
    await using process = new TramProcess(
      ["launch", "up", `${folder}/far.toml`, "--no-logs", "--silence", "3s", ...flags.slice(2)],
      { TRAM_STATE_DIR: `${folder}/state` },
    );
    for (const copy of [1, 2, 3]) await process.matching(new RegExp(`far\\.${copy} +\\| here`));
    assert(marked(mark).length >= 6);
    const guards = processesOf(lab, 3, GUARD);
    assert.equal(guards.length, 1);
    await lab.cutOff(2);
    const sessions = childrenOf(lab.rooms[0]?.pid).flatMap((sshd) => childrenOf(sshd));
    assert.equal(sessions.length, 1);
    for (const pid of [...sessions, ...guards]) Deno.kill(pid, "SIGKILL");
    const { code, stderr } = await process.ended;
    assert.equal(code, 69);
    assert.match(stderr, /far\.1 was lost: node1: the connection was lost/);
    assert.match(stderr, /far\.3 was lost: node3: the connection was lost/);
    assert.match(stderr, /far\.2 was lost: node2: nothing was heard from it for 3\.0 s/);
    await eventually(() => marked(mark), (seen) => seen.length === 0, "something is left");
    for (const node of [1, 2, 3]) {
      const runFolders = () =>
        [...Deno.readDirSync(lab.runtime(node))].filter(({ name }) => name.startsWith("tram-run-"));
      await eventually(runFolders, (seen) => seen.length === 0, "a folder is left");
    }
  },
);

test(
  "launch mapreduce --tunnel needs nothing but ssh, also where workers cannot meet",
  async (lab, folder) => {
    await Promise.all([1, 2, 3, 4].map((number) => lab.onlySsh(number)));
    await using inputs = gatedInputs(lab.address, TEXTS);
    const env = { TRAM_STATE_DIR: `${folder}/state` };
    const flags = await labFlags(lab, folder, "node[1-2]");
    const { code, stdout, stderr } = await runTram([
      ...["launch", "mapreduce", "--tunnel", "--workers", "2", "--threads", "1"],
      ...["--output", `${folder}/out`, ...flags, ...inputs.urls],
    ], env);
    assert.equal(code, 0, stderr);
    assert.match(
      `${stdout}${stderr}`,
      /listening on 127\.0\.0\.1:/,
      "it need not be reached by others",
    );
    assert.equal(stdout.match(/worker\.[12] +\| tram: joined/g)?.length, 2, stdout);
    assert.match(stdout, / [1-9][^ ]* \S*B relayed/, "workers cannot meet either");
  },
);

test("launch timer and collect --tunnel need nothing but ssh", async (lab, folder) => {
  await Promise.all([1, 2].map((number) => lab.onlySsh(number)));
  const env = { TRAM_STATE_DIR: `${folder}/state` };
  const flags = ["--tunnel", ...await labFlags(lab, folder, "node[1-2]")];
  const timer = await runTram(
    ["launch", "timer", "--clients", "2", "--count", "50", ...flags],
    env,
  );
  assert.equal(timer.code, 0, timer.stderr);
  assert.equal(timer.stdout.match(/50 sent, 50 answered, 0 lost/g)?.length, 2);
  const collect = await runTram(
    ["launch", "collect", "--clients", "2", "--count", "50", ...flags],
    env,
  );
  assert.equal(collect.code, 0, collect.stderr);
  for (const client of [1, 2]) {
    assert.match(collect.stdout, new RegExp(`^client-${client}: 50 sent = 50 stored`, "m"));
  }
});
