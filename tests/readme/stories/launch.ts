/** Sessions of launch: a room on this machine, and one on three machines, one of which is lost. */
import { wait } from "../../e2e/processes.ts";
import { SshRoom } from "../../e2e/ssh_room.ts";
import { tramScript } from "../../e2e/tram_file.ts";
import { pages } from "../crawl.ts";
import { processes } from "../processes_of.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, rule, type World } from "../world.ts";

const readme = below("README.md", "launch: the whole room from one terminal");

/** Which of the clients comes or goes first is chance. */
const ANY_FIRST: Circumstances = {
  rules: [
    rule(/^(server {3}\| tram: client-)\d(?= joined)/, "$1N"),
    rule(/^client\.\d( \| )client-\d(?= to )/, "client.N$1client-N"),
    rule(/^client\.\d( \| )(?=this clock)/, "client.N$1"),
    rule(/(?<=^client-\d .* {2})unstable path$/, "ok"),
  ],
  perhaps: /, [\d,]+ ticks? missed(?=\n)/g,
};
const CORES = rule(/\b\d+(?= tasks? at once$)/, "<cores>");
/** Who joins first, and how many attempts there were. */
const ANY_WORKER: Circumstances = {
  rules: [CORES, rule(/^worker\.\d(?= \| tram: joined)/, "worker.N")],
};
/** lab-3 has an address of its own, so that it is known what runs there. */
const LAB_3 = "127.0.0.3";
/** How many inputs there are, and how often each holds the page. */
const [INPUTS, TIMES] = [6, 1200];

async function playHere(world: World): Promise<void> {
  await world.run(readme(1), 1, ANY_FIRST);
}

async function playMachines(world: World): Promise<void> {
  const [hosts, exec, run, oracle, diff] = [1, 2, 3, 4, 5];
  await world.write("room.hosts", `${world.step(readme(2), hosts).output.join("\n")}\n`);
  for (let at = 1; at <= INPUTS; at++) await world.write(`crawl/${at}.warc.wet.gz`, pages(TIMES));
  // What is temporary stays within the story: others count their processes otherwise.
  const tmp = Deno.env.get("TMPDIR") ?? "/tmp";
  await using room = await SshRoom.open({
    ...{ aliases: ["lab-1", "lab-2"], address: "127.0.0.1", port: 22 },
    sshd: [`ListenAddress ${LAB_3}:22`],
    env: { TMPDIR: tmp, XDG_RUNTIME_DIR: tmp },
  });
  await room.configure(`Host lab-3\n  HostName ${LAB_3}\n`);
  const known = await Deno.readTextFile(`${room.folder}/known_hosts`);
  await Deno.writeTextFile(`${room.folder}/known_hosts`, known.replace("127.0.0.1", LAB_3), {
    append: true,
  });
  // What the settings of a user would say, and what is brought: this is no executable when it runs
  // from source.
  const env = {
    TRAM_LAUNCH_SSH_CONFIG: room.configFile,
    TRAM_LAUNCH_EXECUTABLE: await tramScript(room.folder),
  };
  await world.run(readme(2), hosts, { isExact: true });
  // Machines differ in what they say of themselves.
  const machine = (await world.aside("nproc; uname -m").ended()).trim().split("\n");
  await world.run(readme(2), exec, {
    ...{ env, isExact: true },
    printed: ([head = ""]) => [head, ...machine],
  });
  const launched = world.start(readme(2), run, { env, code: 0, ...ANY_WORKER });
  await launched.matching(/worker\.[56] \| tram: joined/);
  await switchOff();
  await launched.ended();
  await world.run(readme(2), oracle);
  await world.run(readme(2), diff);
}

/** Kills all that runs on lab-3, and the connections to it. */
async function switchOff(): Promise<void> {
  const all = processes();
  const byPid = new Map(all.map((process) => [process.pid, process]));
  const doomed = new Set<number>();
  for (const { pid, parent } of all) {
    if (!environment(pid).includes(` ${LAB_3} 22`)) continue;
    doomed.add(pid);
    for (
      let at = byPid.get(parent);
      at?.args[0]?.startsWith("sshd: root");
      at = byPid.get(at.parent)
    ) {
      doomed.add(at.pid);
    }
  }
  if (doomed.size === 0) throw new Error("Nothing runs on lab-3");
  for (const pid of doomed) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it ended with another one
    }
  }
  await wait(0);
}

function environment(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`);
  } catch {
    return ""; // it has ended
  }
}

/** Sessions of the README. */
export const launchStories: readonly Story[] = [
  { name: "launch-machines", blocks: [readme(2)], play: playMachines },
  { name: "launch", blocks: [readme(1)], play: playHere },
];
