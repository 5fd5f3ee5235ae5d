/** Guards on machines that are reached by a real ssh. Debian: openssh-server. */
import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock/system_clock.ts";
import { hereLink } from "../../lib/launch/here_link.ts";
import type { HostLink } from "../../lib/launch/host_link.ts";
import { parseMachines } from "../../lib/launch/hosts/parse_machines.ts";
import { type CopyEvent, GuardSession } from "../../lib/launch/run/guard_session.ts";
import { realSshWorld } from "../../lib/launch/ssh/real_ssh_world.ts";
import { sshLinks } from "../../lib/launch/ssh/ssh_links.ts";
import { wait } from "./processes.ts";
import { sshAbsence, SshRoom } from "./ssh_room.ts";
import { tramFile } from "./tram_file.ts";

const ignore = sshAbsence() !== undefined;

/** Longest wait for something to be so, in milliseconds. */
const SOON_MS = 30_000;

/** Links to machines of a room, as a launcher makes them. */
async function links(
  room: SshRoom,
  list: string,
  signal?: AbortSignal,
): Promise<readonly HostLink[]> {
  return await sshLinks(
    { clock: systemClock, sshWorld: () => Promise.resolve(realSshWorld) },
    {
      machines: parseMachines(list, "list").machines,
      flags: { ssh: "ssh", sshConfig: room.configFile, sshOption: [], connectTimeout: 10_000 },
      executable: await tramFile(room.folder),
      signal: signal ?? new AbortController().signal,
    },
  );
}

/** A guard at work. */
class Session {
  output = "";
  words = "";
  readonly events: CopyEvent[] = [];
  readonly guard: GuardSession;

  constructor(link: HostLink, runId = `e2e-${crypto.randomUUID()}`) {
    const decoder = new TextDecoder();
    this.guard = new GuardSession({
      ...{ link, clock: systemClock, runId, silenceMs: 20_000 },
      files: [{ name: "token", text: "very secret" }],
      onOutput: ({ bytes }) => void (this.output += decoder.decode(bytes)),
      onCopy: (event) => this.events.push(event),
      onWords: (bytes) => void (this.words += decoder.decode(bytes)),
    });
  }

  /** Starts `sh -c line` as copy 1. */
  sh(line: string): void {
    this.guard.startCopy({
      ...{ copy: 1, name: "role.1", program: "sh", args: ["-c", line] },
      ...{ env: {}, stopGraceMs: 1000, input: "none" },
    });
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    await until(`${what}; output "${this.output}", words "${this.words}"`, isSo);
  }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + SOON_MS; Date.now() < endMs;) {
    if (isSo()) return;
    await wait(50);
  }
  throw new Error(`it is still not so: ${what}`);
}

/** How many processes have this text in their environment or command line. Linux only. */
function countWith(text: string): number {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) return false;
    return ["environ", "cmdline"].some((file) => {
      try {
        return Deno.readTextFileSync(`/proc/${name}/${file}`).includes(text);
      } catch {
        return false;
      }
    });
  }).length;
}

function childrenOf(pid: number): number[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

Deno.test({
  name: "SshLink brings tram, starts a guard, and carries roles and their files",
  ignore,
  async fn() {
    await using room = await SshRoom.open();
    const [first, second] = await links(room, "node1\nnode2");
    assert(first !== undefined && second !== undefined);
    assert.equal(first.name, "node1");
    const sessions = [new Session(first), new Session(second)];
    const machines = await Promise.all(sessions.map(({ guard }) => guard.start()));
    assert.deepEqual(machines.map(({ os }) => os), [Deno.build.os, Deno.build.os]);
    assert.equal([...Deno.readDirSync(`${room.cache}/tram`)].length, 1);
    for (const session of sessions) session.sh('printf "\\001\\377%s" "$TRAM_RUN_ID"; exit 3');
    for (const session of sessions) {
      await session.until("it ended", () => session.events.some(({ type }) => type === "exited"));
      assert(session.output.startsWith("\u0001\ufffde2e-"), session.output);
      session.guard.end();
      const good = { left: [], lost: undefined, isSilent: false, code: 0 };
      assert.deepEqual(await session.guard.ended, good);
    }
    for (const { folder } of machines) {
      assert.throws(() => Deno.statSync(folder), Deno.errors.NotFound);
    }
    for (const link of [first, second]) await link.close();
  },
});

Deno.test({
  name: "SshLink leaves nothing over there when sshd's child is killed, or ssh here",
  ignore,
  async fn() {
    await using room = await SshRoom.open();
    for (const killed of ["sshd", "ssh"]) {
      const [link] = await links(room, "node1");
      assert(link !== undefined);
      const runId = `e2e-${crypto.randomUUID()}`;
      const session = new Session(link, runId);
      const { folder } = await session.guard.start();
      // One in a session of its own, one that does not want to end.
      session.sh(
        "setsid sleep 50 & (trap '' TERM; echo here; for i in $(seq 500); do sleep 0.1; done) & wait",
      );
      await session.until("it runs", () => session.output.includes("here"));
      assert(countWith(runId) > 0);
      if (killed === "ssh") session.guard.kill();
      else for (const pid of childrenOf(room.pid)) Deno.kill(pid, "SIGKILL");
      assert.notEqual((await session.guard.ended).lost, undefined);
      await until(`nothing is left of ${runId} after ${killed}`, () => countWith(runId) === 0);
      await until("the folder is gone", () => {
        try {
          return Deno.statSync(folder) === undefined;
        } catch {
          return true;
        }
      });
      await link.close();
    }
  },
});

Deno.test({
  name: "SshLink fails with one line where it cannot begin, and when it is told to stop",
  ignore,
  async fn() {
    await using room = await SshRoom.open();
    const [refused] = await links(room, "127.0.0.1:1");
    await assert.rejects(
      () => refused?.start() ?? Promise.resolve(),
      /^HostError: Cannot reach 127\.0\.0\.1:1: nothing listens there/,
    );
    await refused?.close();
    const controller = new AbortController();
    const [stopped] = await links(room, "node1", controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(() => stopped?.start() ?? Promise.resolve(), /enough/);
    await stopped?.close();
  },
});

Deno.test({
  name: "hereLink and SshLink give the same pipe",
  ignore,
  async fn() {
    await using room = await SshRoom.open();
    const [there] = await links(room, "node1");
    assert(there !== undefined);
    for (const link of [hereLink, there]) {
      const pipe = await link.start();
      await pipe.input.end();
      const reading = (async () => {
        for await (const _ of pipe.output);
        for await (const _ of pipe.errors);
      })();
      assert.equal(typeof (await pipe.ended).code, "number");
      await reading;
      pipe.kill();
      pipe.kill();
      await link.close();
      await link.close();
    }
  },
});
