import assert from "node:assert/strict";
import { eventually, type TestLaunch, withLaunch } from "./launch_processes.ts";

/**
 * Roles that are hard to be rid of. Each says that it is there. The last one is a process that goes
 * on in a child of its own, in another session, all the time; it ends by itself after a while, as
 * nobody wants to find it if this fails.
 */
const STUBBORN = `
name = "stubborn"
[roles.deaf]
run = "trap '' TERM INT HUP; echo here; for i in $(seq 500); do sleep 0.1; done"
ready = { line = "here" }
stop_grace = "500ms"
[roles.away]
run = "setsid sh -c 'trap \\"\\" TERM; for i in $(seq 500); do sleep 0.1; done' & setsid sleep 50 & echo here; wait"
ready = { line = "here" }
stop_grace = "500ms"
[roles.forker]
run = "n=0; f() { (sleep 0.05; n=$((n + 1)); [ $n -lt 300 ] && f) & }; f; f; echo here; wait; sleep 50"
ready = { line = "here" }
stop_grace = "500ms"
[roles.hopper]
run = ["perl", "-e", "$| = 1; print qq(here\\n); for (1..2000) { fork && exit; syscall(112); select(undef, undef, undef, 0.005) }"]
ready = { exit = true }
stop_grace = "500ms"
`;

/** Waits until all roles run. */
async function allHere({ process, roles }: TestLaunch): Promise<void> {
  await process.matching(/deaf +\| here\n/);
  await process.matching(/away +\| here\n/);
  await process.matching(/forker +\| here\n/);
  await process.matching(/hopper +\| here\n/);
  await eventually(roles, (seen) => seen.length > 7, "roles are missing");
}

Deno.test("launch leaves nothing after ^C, of roles that ignore TERM, go away or fork", async () => {
  await withLaunch(STUBBORN, async (launch) => {
    await allHere(launch);
    launch.process.kill("SIGINT");
    const { code } = await launch.process.ended;
    assert.deepEqual(launch.roles(), [], "nothing is left when the launcher has ended");
    assert.equal(code, 130);
    await launch.gone();
  });
});

Deno.test("launch leaves nothing after SIGTERM and SIGHUP", async () => {
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    await withLaunch(STUBBORN, async (launch) => {
      await allHere(launch);
      launch.process.kill(signal);
      await launch.process.ended;
      assert.deepEqual(launch.roles(), [], signal);
      await launch.gone();
    });
  }
});

Deno.test("launch leaves nothing after SIGKILL of the launcher", async () => {
  await withLaunch(STUBBORN, async (launch) => {
    await allHere(launch);
    launch.process.kill("SIGKILL");
    await launch.gone();
  });
});

Deno.test("launch leaves nothing after SIGKILL of the guard, and says that it failed", async () => {
  await withLaunch(STUBBORN, async (launch) => {
    await allHere(launch);
    Deno.kill(launch.guardPid(), "SIGKILL");
    const { code, stderr } = await launch.process.ended;
    assert.deepEqual(launch.roles(), []);
    assert.equal(code, 1);
    assert.match(stderr, /its guard ended with 137/);
    await launch.gone();
  });
});

Deno.test("launch leaves nothing after SIGTERM of the guard, sent twice", async () => {
  await withLaunch(STUBBORN.replaceAll("500ms", "30s"), async (launch) => {
    await allHere(launch);
    const pid = launch.guardPid();
    const term = () => {
      try {
        Deno.kill(pid, "SIGTERM");
      } catch {
        // It has ended.
      }
    };
    term();
    const again = setInterval(term, 100); // two at once may arrive as one
    await launch.process.ended.finally(() => clearInterval(again));
    assert.deepEqual(launch.roles(), []);
    await launch.gone();
  });
});

Deno.test("launch ends at once after a second ^C, whatever the grace", async () => {
  await withLaunch(STUBBORN.replaceAll("500ms", "10m"), async (launch) => {
    await allHere(launch);
    launch.process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert(launch.roles().length > 0, "they have ten minutes");
    launch.process.kill("SIGINT");
    const { code } = await launch.process.ended;
    assert.equal(code, 130);
    assert.deepEqual(launch.roles(), []);
    await launch.gone();
  });
});

Deno.test("launch leaves nothing after a normal end, not even what a role left behind", async () => {
  const file = `
[roles.daemon]
run = "setsid sleep 50 & sleep 51 & echo done"
`;
  await withLaunch(file, async (launch) => {
    const { code, stdout } = await launch.process.ended;
    assert.equal(code, 0);
    assert.equal(stdout, "daemon | done\n");
    assert.deepEqual(launch.roles(), []);
    await launch.gone();
  });
});

Deno.test("launch leaves nothing when nobody reads its output any more", async () => {
  const file = `
[roles.talker]
run = "for i in $(seq 5000); do echo word; sleep 0.01; done"
`;
  await withLaunch(file, async (launch) => {
    await launch.process.matching(/word\n/);
    await launch.process.stopReading();
    await launch.process.ended;
    await launch.gone();
  });
});

Deno.test("launch keeps the token of a run out of arguments and environments", async () => {
  const file = `
[roles.server]
run = ["tram", "collect", "serve", "--port", "0", "--store", ":memory:"]
ready = { line = "listening on" }
[roles.reader]
run = "echo token $(cat $TRAM_TOKEN_FILE); stat -c %a $TRAM_TOKEN_FILE; sleep 50"
`;
  await withLaunch(file, async (launch) => {
    await launch.process.matching(/server \| listening/);
    const [, token = ""] = await launch.process.matching(/token ([0-9a-z]{32,})\n/i);
    await launch.process.matching(/reader \| 600\n/);
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      for (const file of ["cmdline", "environ"]) {
        let text = "";
        try {
          text = await Deno.readTextFile(`/proc/${name}/${file}`);
        } catch {
          // It has ended.
        }
        assert(!text.includes(token), `${name} ${file}`);
      }
    }
    launch.process.kill("SIGINT");
    await launch.process.ended;
    await launch.gone();
  });
});

Deno.test("launch leaves nothing of a launch inside of a launch", async () => {
  const inner = `
[roles.deep]
run = "trap '' TERM; setsid sleep 50 & echo deep; for i in $(seq 500); do sleep 0.1; done"
ready = { line = "deep" }
stop_grace = "300ms"
`;
  const file = `
[roles.inner]
run = ["tram", "launch", "up", "inner/launch.toml", "--no-logs"]
stop_grace = "20s"
`;
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await withLaunch(
      file,
      async (launch) => {
        await launch.process.matching(/inner \| deep +\| deep\n/);
        assert(launch.roles().length > 3);
        launch.process.kill(signal);
        await launch.process.ended;
        await launch.gone();
      },
      [],
      { "inner/launch.toml": inner },
    );
  }
});

Deno.test("launch makes roles wait while its output is not read, instead of growing", async () => {
  const file = `
[roles.talker]
run = "yes 'a line that is written without end'"
`;
  await withLaunch(file, async (launch) => {
    await launch.process.matching(/talker \| a line/);
    launch.process.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = memoryBytes(launch.guardPid());
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const grown = memoryBytes(launch.guardPid()) - before;
    assert(grown < 20e6, `the guard grew by ${grown} bytes`);
    launch.process.kill("SIGCONT");
    launch.process.kill("SIGINT");
    await launch.process.ended;
    await launch.gone();
  });
});

/** Memory of a process that is in RAM now, in bytes. */
function memoryBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
