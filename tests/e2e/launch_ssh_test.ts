/** Machines by a real ssh: aliases of this one, by an sshd of its own. Debian: openssh-server. */
import assert from "node:assert/strict";
import { TramProcess, wait } from "./processes.ts";
import { sshAbsence, SshRoom, type SshRoomOptions } from "./ssh_room.ts";
import {
  anotherKey,
  argsOf,
  childrenOf,
  executable,
  killGroup,
  launch,
  rareSeconds,
  sleepers,
  tarpit,
} from "./launch_ssh_tools.ts";

const ignore = sshAbsence() !== undefined;

/** Longest wait for something to be so, in milliseconds. */
const SOON_MS = 20_000;

function test(
  name: string,
  body: (room: SshRoom) => Promise<void>,
  options?: SshRoomOptions,
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      await using room = await SshRoom.open(options);
      await body(room);
    },
  });
}

/** Waits until `isSo`. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + SOON_MS; Date.now() < endMs;) {
    if (isSo()) return;
    await wait(50);
  }
  throw new Error(`it is still not so: ${what}`);
}

test("launch exec runs words as they are, and one word by sh, and folds equal output", async (room) => {
  const words = ["printf", "%s|", "a  b", "$HOME", "it's", "x\ny", "!!", "\\0", "ü", "*"];
  const { code, stdout, stderr } = await launch(room, "exec", "node[1-2]", "--", ...words);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, "== node[1-2] (2)\na  b|$HOME|it's|x\ny|!!|\\0|ü|*|\n");
  const line = "echo $((6 * 7)) | cat; echo 'e' >&2; exit 5";
  const second = await launch(room, "exec", "node1\nnode2", line);
  assert.equal(second.code, 5);
  assert.equal(second.stdout, "== node[1-2] (2): exit code 5\n42\n");
  assert.match(
    second.stderr,
    /^== node\[1-2\] .*\ne\ntram: 2 of 2 machines failed: node\[1-2\]\n$/,
  );
});

test("launch exec names each machine that fails with one line, and the retry file has those", async (room) => {
  await using silent = tarpit();
  const other = await room.list("");
  await Deno.writeTextFile(other, `[127.0.0.1]:${room.port} ${await anotherKey(room)}\n`);
  await room.configure(
    `Host changed unknown\n  HostName 127.0.0.1\n  Port ${room.port}\n` +
      `Host changed\n  UserKnownHostsFile ${other}\n`,
  );
  // The first value counts, so these go first.
  const config = await Deno.readTextFile(room.configFile);
  await Deno.writeTextFile(
    room.configFile,
    `Host changed\n  UserKnownHostsFile ${other}\nHost unknown\n  UserKnownHostsFile /dev/null\n${config}`,
  );
  const list = `node1\nno-such-machine.invalid\n127.0.0.1:1\nnobody@node2 slots=3\n` +
    `127.0.0.1:${silent.port}\nchanged\nunknown\n`;
  const retry = `${room.folder}/retry`;
  const { code, stdout, stderr } = await launch(
    room,
    "exec",
    list,
    ...["--connect-timeout", "3s", "--retry-file", retry, "--", "echo", "yes"],
  );
  assert.equal(code, 77, "that of the one that does not let us in");
  assert.equal(stdout, "== node1 (1)\nyes\n");
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 7, stderr);
  for (
    const line of [
      /^tram: Cannot reach no-such-machine\.invalid: nobody knows a machine of this name$/m,
      /^tram: Cannot reach 127\.0\.0\.1:1: nothing listens there; does sshd run\?$/m,
      /^tram: Cannot reach nobody@node2: it does not let this user in \(it takes publickey\); /m,
      /^tram: Cannot reach 127\.0\.0\.1:\d+: it does not answer within 3\.0 s$/m,
      /^tram: Cannot reach changed: its host key is not the one that is known: /m,
      /^tram: Cannot reach unknown: its host key is not known here: /m,
      /^tram: 6 of 7 machines failed: /m,
    ]
  ) assert.match(stderr, line);
  const failed = await Deno.readTextFile(retry);
  assert.deepEqual(failed.trimEnd().split("\n"), [
    ...["no-such-machine.invalid", "127.0.0.1:1", "nobody@node2 slots=3"],
    ...[`127.0.0.1:${silent.port}`, "changed", "unknown"],
  ]);
});

test("launch exec shows a live machine at once while a dead one keeps silent", async (room) => {
  await using silent = tarpit();
  const list = `127.0.0.1:${silent.port}\nnode1`;
  const args = ["--no-fold", "--connect-timeout", "20s", "--", "echo", "here"];
  await using process = new TramProcess(await argsOf(room, "exec", list, args));
  await process.matching(/^node1 +\| here$/m);
  process.kill("SIGINT");
  assert.equal((await process.ended).code, 130);
});

const CROWD = Array.from({ length: 50 }, (_, i) => `n${i + 1}`);

test(
  "launch exec starts on 50 aliases of one machine in spite of MaxStartups and MaxSessions",
  async (room) => {
    const { code, stdout, stderr } = await launch(room, "exec", "n[1-50]", "--", "echo", "here");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, "== n[1-50] (50)\nhere\n");
    assert.doesNotMatch(await room.log(), /drop connection|MaxStartups/);
  },
  { aliases: CROWD },
);

test("launch exec comes through where most first tries are refused", async (room) => {
  const { code, stdout, stderr } = await launch(room, "exec", "n[1-12]", "--", "echo", "here");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, "== n[1-12] (12)\nhere\n");
}, { aliases: CROWD.slice(0, 12), sshd: ["MaxStartups 2:60:4"] });

test("launch exec ends what it has started over there: after a time-out, ^C and its own death", async (room) => {
  for (const end of ["--timeout", "SIGINT", "SIGKILL"] as const) {
    const seconds = rareSeconds();
    // Another in the background, as a server would be.
    const line = `sleep ${seconds} & sleep ${seconds}`;
    const args = [...end === "--timeout" ? [end, "2s"] : [], line];
    await using process = new TramProcess(await argsOf(room, "exec", "node[1-2]", args));
    await until("it sleeps", () => sleepers(seconds).length >= 4);
    if (end !== "--timeout") process.kill(end);
    const { code } = await process.ended;
    assert.equal(code, { "--timeout": 69, SIGINT: 130, SIGKILL: 137 }[end]);
    await until(
      `nothing sleeps after ${end}`,
      () => sleepers(seconds).length === 0,
    );
  }
});

test("launch exec says that the connection was lost when sshd's child is killed", async (room) => {
  const seconds = rareSeconds();
  const args = ["--", "sleep", seconds];
  await using process = new TramProcess(await argsOf(room, "exec", "node1", args));
  await until("it sleeps", () => sleepers(seconds).length > 0);
  for (const pid of childrenOf(room.pid)) Deno.kill(pid, "SIGKILL");
  const { code, stderr } = await process.ended;
  assert.equal(code, 69);
  assert.match(stderr, /^tram: Lost the connection to node1$/m);
  await until("nothing sleeps", () => sleepers(seconds).length === 0);
});

test("launch deploy brings an executable once to an account, and not again", async (room) => {
  const path = await executable(`${room.folder}/tool`, `#!/bin/sh\necho "a tool $*"\n`);
  const first = await launch(room, "deploy", "node[1-2]", "--executable", path);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(first.stdout, /^sent 27 B to node[12] \(1\)\nwas there on node[12] \(1\)\nat /);
  const [, place = ""] = /^at (.*)$/m.exec(first.stdout) ?? [];
  assert.match(place, /\/cache\/tram\/[0-9a-f]{16}\/tram$/);
  assert.equal(Deno.readTextFileSync(place), Deno.readTextFileSync(path));
  assert.equal((Deno.statSync(place).mode ?? 0) & 0o777, 0o700);
  assert.equal((Deno.statSync(place.slice(0, -5)).mode ?? 0) & 0o777, 0o700);
  const again = await launch(room, "deploy", "node[1-2]", "--executable", path, "--json");
  assert.equal(again.code, 0);
  const lines = again.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ sentBytes }) => sentBytes), [0, 0, undefined]);
  // What somebody has cut is brought again.
  await Deno.writeTextFile(place, "#!/bin/sh\n");
  const third = await launch(room, "deploy", "node1", "--executable", path);
  assert.match(third.stdout, /^sent 27 B to node1/);
  assert.deepEqual([...Deno.readDirSync(place.slice(0, -5))].map(({ name }) => name), ["tram"]);
});

test("launch deploy keeps three versions", async (room) => {
  for (let version = 1; version <= 5; version++) {
    const path = await executable(`${room.folder}/tool`, `#!/bin/sh\necho ${version}\n`);
    assert.equal((await launch(room, "deploy", "node1", "--executable", path)).code, 0);
  }
  const kept = [...Deno.readDirSync(`${room.cache}/tram`)].map(({ name }) =>
    Deno.readTextFileSync(`${room.cache}/tram/${name}/tram`).slice(-2, -1)
  );
  assert.deepEqual(kept.sort(), ["3", "4", "5"]);
});

test("launch deploy says what is wrong with a file, in one line", async (room) => {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46]);
  head[18] = 243; // no machine that a test runs on
  const strange = `${room.folder}/strange`;
  await Deno.writeFile(strange, head, { mode: 0o755 });
  head[18] = Deno.build.arch === "x86_64" ? 183 : 62;
  const other = `${room.folder}/other`;
  await Deno.writeFile(other, head, { mode: 0o755 });
  const failing = await executable(
    `${room.folder}/failing`,
    "#!/bin/sh\necho no good >&2\nexit 4\n",
  );
  const wrong: readonly (readonly [string, RegExp])[] = [
    [other, /^tram: Cannot deploy to node1: it is Linux on \S+, and \S+ is for linux on \S+; make/],
    [strange, /^tram: Cannot deploy to node1: it is there and does not run: /],
    [failing, /^tram: Cannot deploy to node1: it is there and does not run: no good\n/],
    [`${room.folder}/none`, /^tram: Cannot read the executable \S+: there is no such file\n$/],
    [room.folder, /^tram: Cannot read the executable \S+: it is no file\n$/],
  ];
  for (const [path, message] of wrong) {
    const { code, stderr } = await launch(room, "deploy", "node1", "--executable", path);
    assert.equal(code, [failing, other, strange].includes(path) ? 1 : 2, stderr);
    assert.match(stderr, message);
  }
});

test("launch deploy says that it may not write, and leaves nothing", async (room) => {
  await Deno.writeTextFile(`${room.cache}/tram`, "in the way");
  const path = await executable(`${room.folder}/tool`, "#!/bin/sh\n");
  const { code, stderr } = await launch(room, "deploy", "node1", "--executable", path);
  assert.equal(code, 1);
  assert.match(stderr, /^tram: Cannot deploy to node1: it cannot be written there: mkdir: .*\n/);
});

Deno.test({
  name: "launch deploy says that the disk is full, and leaves nothing",
  ignore: ignore || Deno.uid() !== 0 || Deno.build.os !== "linux",
  async fn() {
    await using room = await SshRoom.open();
    const mount = ["-t", "tmpfs", "-o", "size=256k", "none", room.cache];
    assert((await new Deno.Command("mount", { args: mount }).output()).success);
    try {
      const path = `${room.folder}/big`;
      await Deno.writeFile(path, new TextEncoder().encode("#!/bin/sh\n".padEnd(5_000_000, "\n")));
      const { code, stderr } = await launch(room, "deploy", "node1", "--executable", path);
      assert.equal(code, 1);
      assert.match(stderr, /^tram: Cannot deploy to node1: its disk is full: .*No space left/);
      for (const { name } of Deno.readDirSync(`${room.cache}/tram`)) {
        assert.deepEqual([...Deno.readDirSync(`${room.cache}/tram/${name}`)], []);
      }
    } finally {
      await new Deno.Command("umount", { args: [room.cache] }).output();
    }
  },
});

test("launch says that ssh is missing, or does not take its settings", async (room) => {
  const missing = await launch(room, "exec", "node1", "--ssh", "/no/such/ssh", "true");
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /Cannot start "\/no\/such\/ssh": there is no such program; install/);
  const wrong = await launch(room, "exec", "node1", "-o", "NoSuch=1", "true");
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stderr,
    /^tram: Cannot reach node1: ssh does not take its settings: .*nosuch/m,
  );
});

test("launch clean ends a run on another machine, and nothing else", async (room) => {
  const run = `e2e-${crypto.randomUUID()}`;
  const [own, others] = [rareSeconds(), rareSeconds()];
  const sleep = (seconds: string, env: Record<string, string>) =>
    new Deno.Command("setsid", {
      args: ["sh", "-c", `trap '' TERM; sleep ${seconds}; sleep ${seconds}`],
      ...{ env, stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
  const marked = sleep(own, { TRAM_RUN_ID: `outer:${run}`, TRAM_GUARD: `outer-1:${run}-2` });
  const unmarked = sleep(others, { TRAM_RUN_ID: `${run}x` });
  const folder = `/tmp/tram-run-${run}-2`;
  await Deno.mkdir(folder, { mode: 0o700 });
  try {
    await until(
      "both sleep",
      () => [own, others].every((seconds) => sleepers(seconds).length > 0),
    );
    const { code, stdout, stderr } = await launch(room, "clean", "node1", "--run", run);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^node1: ended \\d+ .*sleep ${own}`, "m"));
    assert.match(stdout, new RegExp(`^node1: removed ${folder}$`, "m"));
    assert.deepEqual(sleepers(own), []);
    assert.equal(sleepers(others).length, 1);
    const again = await launch(room, "clean", "node1", "--here", "--run", run);
    assert.deepEqual([again.code, again.stdout], [0, "nothing was left on here,node1\n"]);
  } finally {
    for (const { pid } of [marked, unmarked]) killGroup(pid);
    await Promise.all([marked.status, unmarked.status]);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
});
