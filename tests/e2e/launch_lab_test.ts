/** Real separate machines: network namespaces with process tables of their own. */
import assert from "node:assert/strict";
import { type CleanScope, cleanScript } from "../../lib/launch/ssh/clean_script.ts";
import { labAbsence, MachineLab } from "./machine_lab.ts";
import { runTram, TramProcess } from "./processes.ts";

const ignore = labAbsence() !== undefined;

async function launchArgs(lab: MachineLab, list: string, command: string): Promise<string[]> {
  const path = await lab.rooms[0]?.list(list) ?? "";
  return ["launch", command, "--machines", path, "--ssh-config", lab.configFile];
}

Deno.test({
  name: "launch exec says which of several machines has vanished, and what the others did",
  ignore,
  async fn() {
    await using lab = await MachineLab.open(3);
    const args = [...await launchArgs(lab, "node[1-3]", "exec"), "--connect-timeout", "3s"];
    const whole = await runTram([...args, "hostname -I"]);
    assert.deepEqual([whole.code, whole.stderr], [0, ""]);
    assert.equal(whole.stdout.match(/^== /gm)?.length, 3, whole.stdout);
    await lab.cutOff(2);
    const { code, stdout, stderr } = await runTram([...args, "echo here"]);
    assert.equal(code, 69);
    assert.equal(stdout, "== node[1,3] (2)\nhere\n");
    assert.match(stderr, /^tram: Cannot reach node2: .*\ntram: 1 of 3 machines failed: node2\n$/);
  },
});

Deno.test({
  name: "launch exec notices that a machine vanishes, or is switched off",
  ignore,
  async fn() {
    await using lab = await MachineLab.open(2);
    const soon = ["--ssh-option", "ServerAliveInterval=1"];
    const args = [...await launchArgs(lab, "node[1-2]", "exec"), "--no-fold", ...soon];
    await using process = new TramProcess([...args, "echo here; sleep 1000"]);
    await process.matching(/node1 \| here[^]*node2 \| here|node2 \| here[^]*node1 \| here/);
    lab.switchOff(1);
    await lab.cutOff(2);
    const { code, stderr } = await process.ended;
    assert.equal(code, 69);
    assert.match(stderr, /^tram: Lost the connection to node1$/m);
    assert.match(stderr, /^tram: Lost the connection to node2$/m);
  },
});

/** Stands for a guard: has its name in the command line, and waits. */
const GUARD = "exec -a tram bash -c 'sleep 1000; :' launch guard";

const scopes: readonly (readonly [string, CleanScope, string, string])[] = [
  ["what has no guard any more", { kind: "left" }, "1001 1002", "tram-run-r1"],
  ["what one guard has left", { kind: "guard", guardId: "r2-99999" }, "1001", "tram-run-r1"],
  [
    "nothing of a guard that is there",
    { kind: "guard", guardId: "r1-GUARD" },
    "1001 1002 1003",
    "tram-run-r1 tram-run-r2",
  ],
  ["all", { kind: "all" }, "", ""],
  ["one run", { kind: "run", runId: "r1" }, "1003", "tram-run-r2"],
];

for (const [what, scope, sleeping, folders] of scopes) {
  Deno.test({
    name: `cleanScript() ends ${what}`,
    ignore,
    async fn() {
      // Processes and a /tmp of its own: nothing else on this machine is looked at.
      const script = `
        mount -t tmpfs none /tmp; unset XDG_RUNTIME_DIR TMPDIR TEMP; mount -t tmpfs none /run; cd /tmp
        setsid bash -c "${GUARD}" & guard=$!
        mkdir -m 700 tram-run-r1-$guard tram-run-r2-99999
        mkdir -m 700 kept; ln -s kept tram-run-r3-99999
        TRAM_RUN_ID=r1 TRAM_GUARD=r1-$guard setsid sleep 1001 &
        TRAM_RUN_ID=r1:r2 TRAM_GUARD=r1-$guard:r2-99999 setsid sleep 1002 &
        TRAM_RUN_ID=r2 TRAM_GUARD=r2-99999 setsid sh -c 'trap "" TERM; sleep 1003; sleep 1003' &
        NOT_TRAM_RUN_ID=r1 setsid sleep 1004 &
        sleep 0.5
        sh -c "\${0//r1-GUARD/r1-$guard}"
        echo "sleeping" $(ps -eo stat,args | grep -E '^[^Z][^ ]* +sleep 100[1-3]$' | grep -o '100.$')
        echo "folders" $(ls -d tram-run-* | grep -v r3 | sed 's/-[0-9]*$//')
        ls -d kept; ps -eo args | grep -x 'sleep 1004'`;
      const unshare = [
        "-fpm",
        "--mount-proc",
        "--kill-child",
        "bash",
        "-c",
        script,
        cleanScript(scope, 3),
      ];
      const { stdout } = await new Deno.Command("unshare", { args: unshare, stdin: "null" })
        .output();
      const text = new TextDecoder().decode(stdout);
      assert.match(text, /^done$/m);
      assert.doesNotMatch(text, /^left/m);
      const line = (name: string) => new RegExp(`^${name} ?(.*)$`, "m").exec(text)?.[1];
      assert.deepEqual([line("sleeping"), line("folders")], [sleeping, folders], text);
      assert.match(text, /^kept\nsleep 1004$/m);
    },
  });
}

Deno.test({
  name: "launch clean --run ends one run, also what ignores SIGTERM, and no other",
  ignore,
  async fn() {
    await using lab = await MachineLab.open(1);
    const exec = await launchArgs(lab, "node1", "exec");
    const clean = [...await launchArgs(lab, "node1", "clean"), "--timeout", "30s"];
    const script = `
      cd /tmp; rm -rf tram-run-lab*
      setsid bash -c "${GUARD}" >/dev/null 2>&1 & guard=$!
      mkdir -m 700 tram-run-lab1-$guard tram-run-lab2-9999
      TRAM_RUN_ID=lab1 TRAM_GUARD=lab1-$guard setsid sleep 1001 >/dev/null 2>&1 &
      TRAM_RUN_ID=lab1:lab2 TRAM_GUARD=lab1-$guard:lab2-9999 setsid sleep 1002 >/dev/null 2>&1 &
      TRAM_RUN_ID=lab2 TRAM_GUARD=lab2-9999 setsid sh -c 'trap "" TERM; sleep 1003; sleep 1003' >/dev/null 2>&1 &
      sleep 0.5`;
    const left = async () => {
      const { stdout } = await runTram([...exec, "ps -eo args | grep -o '^sleep 10.*' | sort"]);
      return stdout.match(/\d{4}/g) ?? [];
    };
    // The folder for temporary files is that of this machine, so only what is named is looked at.
    const folders = () =>
      [...Deno.readDirSync("/tmp")].map(({ name }) => name.replace(/-\d+$/, ""))
        .filter((name) => name.startsWith("tram-run-lab")).sort();
    assert.equal((await runTram([...exec, script])).code, 0);
    assert.deepEqual(await left(), ["1000", "1001", "1002", "1003"]);

    const first = await runTram([...clean, "--run", "lab2"]);
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.deepEqual(await left(), ["1000", "1001"]);
    assert.deepEqual(folders(), ["tram-run-lab1"]);
    assert.match(first.stdout, /^node1: ended \d+ sh -c trap/m);

    const second = await runTram([...clean, "--run", "lab1"]);
    assert.deepEqual(
      [second.code, await left()],
      [0, ["1000"]],
      "the guard's own sleep has no mark",
    );
    assert.deepEqual(folders(), []);
    assert.match(second.stdout, /^node1: ended \d+ .* launch guard$/m);
  },
});
