import assert from "node:assert/strict";
import { FakeRoom } from "../../fake_context.ts";
import { type FakeAnswer, FakeSshWorld } from "./fake_ssh_world.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../../../lib/launch/ssh/exec.ts";

/** Runs `launch exec` with a list of machines that answer so. */
async function exec(
  list: string,
  args: readonly string[],
  answer: FakeAnswer,
  change: (world: FakeSshWorld) => void = () => {},
) {
  const room = new FakeRoom();
  const world = new FakeSshWorld();
  world.answer = answer;
  change(world);
  room.sshWorld = world;
  room.texts.set("room.hosts", list);
  const process = room.run(["launch", "exec", "--machines", "room.hosts", ...args]);
  const code = await room.clock.runUntil(process.exitCode);
  const { stdout, stderr } = process;
  return { code, out: stdout.text, err: stderr.text, world, room };
}

Deno.test("launch exec shows equal output once, in the order of the list", async () => {
  const { code, out, err } = await exec("n[1-4]", ["uptime"], (host) => ({
    output: host === "n3" ? "late\n" : "\tok\u001b[31m\r\nsecond",
  }));
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out, "== n[1-2,4] (3)\n\tok\\x1b[31m\nsecond\n== n3 (1)\nlate\n");
});

Deno.test("launch exec ends with the worst exit code, names who failed, and writes them down", async () => {
  const { code, err, room } = await exec(
    "n[1-3] slots=2\nada@n4:22",
    ["--retry-file", "failed", "false"],
    (host) => host === "n1" ? {} : { code: host === "n2" ? 7 : 3, errors: "oh\n" },
  );
  assert.equal(code, 7);
  assert.equal(
    err,
    "== n2 (1): exit code 7\noh\n== ada@n4:22,n3 (2): exit code 3\noh\n" +
      "tram: 3 of 4 machines failed: ada@n4:22,n[2-3]\n",
  );
  assert.equal(room.texts.get("failed"), "n2 slots=2\nn3 slots=2\nada@n4:22\n");
});

Deno.test("launch exec empties the retry file when none failed", async () => {
  const { code, room } = await exec("n1", ["--retry-file", "failed", "true"], () => ({}));
  assert.deepEqual([code, room.texts.get("failed")], [0, "# none failed\n"]);
});

Deno.test("launch exec tells the exit code 255 from a lost connection", async () => {
  const { code, err } = await exec("n[1-2]", ["x"], (host, script) => {
    const [, mark = ""] = /(tram-255-\S+) >&2/.exec(script) ?? [];
    return { code: 255, errors: host === "n1" ? `bad\n${mark}\n` : "bad\n" };
  });
  assert.equal(code, 255);
  assert.match(err, /^== n1 \(1\): exit code 255\nbad\ntram: Lost the connection to n2\n/);
});

Deno.test("launch exec --no-fold writes whole lines with names before them", async () => {
  const { code, out, err } = await exec("n1\nlonger", ["--no-fold", "x"], (host, script) => {
    const [, mark = ""] = /(tram-255-\S+) >&2/.exec(script) ?? [];
    return { output: `a\n\n${host}`, errors: `e${mark}\n`, code: 255 };
  });
  assert.equal(code, 255);
  assert.deepEqual(out.split("\n").sort(), [
    ...["", "longer | ", "longer | a", "longer | longer"],
    ...["n1     | ", "n1     | a", "n1     | n1"],
  ]);
  assert.match(err, /^n1 {5}\| e\n/m);
  assert.doesNotMatch(err, /tram-255/);
});

Deno.test("launch exec --json writes a line for each machine and a summary", async () => {
  const { out, code } = await exec(
    "n[1-2]",
    ["--json", "x"],
    (host) =>
      host === "n1" ? { output: "1\n" } : {
        ...{ begins: false, code: 255 },
        errors: "ssh: connect to host n2 port 22: Connection refused\r\n",
      },
  );
  assert.equal(code, 69);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines[2].type, "summary");
  lines.sort((a, b) => a.machine < b.machine ? -1 : 1); // they come as they are done
  assert.deepEqual(lines[0], {
    ...{ type: "machine", machine: "n1", code: 0, output: "1\n", errors: "" },
    ...{ lostBytes: 0, tookMs: lines[0].tookMs },
  });
  assert.deepEqual(lines[1], {
    ...{ type: "machine", machine: "n2", problem: "refused" },
    message: "Cannot reach n2: nothing listens there; does sshd run?",
  });
  assert.deepEqual(lines[2], { type: "summary", machines: 2, failed: ["n2"], code: 69 });
});

Deno.test("launch exec ends what takes longer than --timeout, and says which", async () => {
  const { code, err, world } = await exec("n[1-2]", ["--timeout", "5s", "x"], (host) => {
    return host === "n1" ? { hangs: true } : {};
  });
  assert.equal(code, 69);
  assert.match(err, /^tram: n1 did not end within 5\.0 s, so it was ended\ntram: 1 of 2/m);
  assert.deepEqual(world.killed, ["n1"]);
});

Deno.test("launch exec waits for a machine that does not answer as long as --connect-timeout", async () => {
  const { code, err, room } = await exec(
    "n[1-2]",
    ["--connect-timeout", "3s", "x"],
    (host) => host === "n1" ? { begins: false, hangs: true } : {},
  );
  assert.equal(code, 69);
  assert.match(err, /^tram: Cannot reach n1: it does not answer within 3\.0 s$/m);
  assert.equal(room.clock.monotonicNs(), 3e9);
});

Deno.test("launch exec tries again where too many connect at once, and not for ever", async () => {
  let tries = 0;
  const busy = {
    ...{ begins: false, code: 255 },
    errors: "kex_exchange_identification: Connection closed by remote host\r\n" +
      "Connection closed by 192.0.2.7 port 22\r\n",
  };
  const { code } = await exec("n1", ["x"], () => ++tries < 4 ? busy : {});
  assert.deepEqual([code, tries], [0, 4]);
  tries = 0;
  const hopeless = await exec("n1", ["x"], () => (tries++, busy));
  assert.deepEqual([hopeless.code, tries], [69, 9]);
  assert.match(hopeless.err, /Cannot reach n1: it closes new connections/);
});

Deno.test("launch exec has at most 8 connections to one door, and 16 at all, that log in", async () => {
  for (const [address, most] of [["192.0.2.7 22", 8], ["", 16]] as const) {
    let now = 0;
    let highest = 0;
    const { code, world } = await exec(
      "n[01-50]",
      ["--connect-timeout", "1s", "x"],
      () => {
        highest = Math.max(highest, ++now);
        return { begins: false, hangs: true };
      },
      (world) => {
        world.address = (host) => address || `${host} 22`;
        const push = world.killed.push.bind(world.killed);
        world.killed.push = (...hosts) => (now--, push(...hosts));
      },
    );
    assert.equal(code, 69);
    assert.equal(world.killed.length, 50);
    assert.equal(highest, most);
  }
});

Deno.test("launch exec says that there is no ssh, once for each machine, and what to do", async () => {
  const { code, err } = await exec("n1", ["x"], () => ({}), (world) => world.hasSsh = false);
  assert.equal(code, 1);
  assert.match(
    err,
    /^tram: Cannot reach n1: Cannot start "ssh": there is no such program; install/,
  );
});

Deno.test("launch exec hands ssh no host that it could take for an option, and asks nobody", async () => {
  const args = ["--ssh-config", "c", "-o", "ForwardX11=yes", "x"];
  const { world } = await exec("ada@n1:2222", args, () => ({}));
  const [started = []] = world.started;
  assert.deepEqual(started.slice(0, 6), ["ssh", "-a", "-x", "-T", "-o", "BatchMode=yes"]);
  const tail = started.slice(started.indexOf("-F"), -1);
  assert.deepEqual(tail, [
    ...["-F", "c", "-l", "ada", "-p", "2222", "-o", "ForwardX11=yes"],
    ...["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "--", "n1"],
  ]);
});

Deno.test("launch exec refuses a list that is missing, empty or wrong, and no command", async () => {
  const wrong = [
    ["", ["x"], /Cannot use the list of machines room\.hosts: it names none/],
    ["n1", ["-x", "n1", "x"], /all are left out/],
    ["n1", ["-x", "n2", "x"], /Cannot leave out "n2": it is not in the list; did you mean "n1"\?/],
    ["n[1", ["x"], /Cannot use room\.hosts, line 1: wanted "\]"/],
    ["n1", [], /Cannot run nothing: give a command/],
    ["n1", ["--machines", "none", "x"], /none/],
  ] as const;
  for (const [list, args, message] of wrong) {
    const { code, err } = await exec(list, args, () => ({}));
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});

Deno.test("launch exec leaves machines out by -x", async () => {
  const { out } = await exec("n[1-5]", ["-x", "n[2-3]", "-x", "n5", "x"], () => ({}));
  assert.equal(out, "== n[1,4] (2): no output\n");
});
