import assert from "node:assert/strict";
import { FakeRoom } from "../../fake_context.ts";
import { type FakeAnswer, FakeSshWorld } from "./fake_ssh_world.ts";
// Bodies are loaded when they are called. That takes real time unless they are there already.
import "../../../lib/launch/ssh/clean.ts";

async function clean(args: readonly string[], answer: FakeAnswer) {
  const room = new FakeRoom();
  const world = new FakeSshWorld();
  world.answer = answer;
  room.sshWorld = world;
  room.texts.set("room.hosts", "n[1-4]");
  const process = room.run(["launch", "clean", ...args]);
  const code = await room.clock.runUntil(process.exitCode);
  return { code, out: process.stdout.text, err: process.stderr.text, room };
}

const REPORTS: Readonly<Record<string, string>> = {
  n1: "done\n",
  n2: "process 7 sleep \u001b[1m\nfolder /tmp/tram-run-a-1\nrunning b-12\ndone\n",
  n3: "process 8 x\nleft process 8 x\ndone\n",
  n4: "process 8 x\n",
};

Deno.test("launch clean says what was found and what is left, and ends with 1 if anything is", async () => {
  const args = ["--machines", "room.hosts", "--retry-file", "again"];
  const { code, out, err, room } = await clean(args, (host) => ({ output: REPORTS[host] ?? "" }));
  assert.equal(code, 1);
  assert.equal(
    out,
    "n2: ended 7 sleep \\x1b[1m\nn2: removed /tmp/tram-run-a-1\nn2: still runs: b\n" +
      "n3: ended 8 x\nn3: left: process 8 x\nnothing was left on n1\n",
  );
  assert.equal(
    err,
    "tram: Cannot clean n4: it does not say what is left\ntram: 2 of 4 machines failed: n[3-4]\n",
  );
  assert.equal(room.texts.get("again"), "n3\nn4\n");
});

Deno.test("launch clean --json writes a line for each machine", async () => {
  const { code, out } = await clean(
    ["--machines", "room.hosts", "-x", "n[3-4]", "--json"],
    (host) => ({ output: REPORTS[host] ?? "" }),
  );
  assert.equal(code, 0);
  const lines = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines[1], {
    ...{ type: "machine", machine: "n2", processes: ["7 sleep \u001b[1m"] },
    ...{ folders: ["/tmp/tram-run-a-1"], running: ["b-12"], left: [], isBlind: false },
  });
});

Deno.test("launch clean ends with 3 where processes of runs cannot be told", async () => {
  const { code, out } = await clean(
    ["--machines", "room.hosts", "-x", "n[2-4]"],
    () => ({ output: "blind\ndone\n" }),
  );
  assert.equal(code, 3);
  assert.match(out, /^n1: processes of runs cannot be told from others on this system\n$/);
});

Deno.test("launch clean has to be told where, and takes one of --run and --all", async () => {
  for (
    const [args, message] of [
      [[], /Cannot clean without knowing where: give --here, --machines FILE or both/],
      [["--machines", "room.hosts", "--run", "a", "--all"], /Cannot take both --run and --all/],
      [["--machines", "room.hosts", "--run", "a;b"], /wanted the id of a run/],
    ] as const
  ) {
    const { code, err } = await clean(args, () => ({}));
    assert.equal(code, 2);
    assert.match(err, message);
  }
});
