/** Files that clients of chat hand over; see {@linkcode FILES}. */
import { FileHash } from "../../../lib/chat/files/file_hash.ts";
import type { Random } from "../../random.ts";
import type { FaultKind } from "../core/fault.ts";
import type { DeliberateBug, Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { CHAT_BUGS, diskBugs } from "./chat_bugs.ts";
import { ChatDisk } from "./chat_disk.ts";
import { ChatSite } from "./chat_site.ts";
import { ChatUser } from "./chat_user.ts";
import { ChatWitness } from "./chat_witness.ts";
import { endChat } from "./end_chat.ts";
import { FileWork } from "./file_work.ts";

const FAULTS_MS = 25_000;
const PORT = 7802;
const NAMES = ["ada", "bob", "cy"] as const;

const BUGS: readonly DeliberateBug[] = [
  ...CHAT_BUGS.filter(({ name }) =>
    ["seen lines are not noted", "swapped posts", "sorted posts"].includes(name)
  ),
  {
    name: "sent files are not noted",
    what: "a client that starts again does not know what it was sending",
    breaks: "kept",
  },
  {
    name: "names that are not durable",
    what: "files that were received are gone after a loss of power",
    breaks: "kept",
  },
  {
    name: "received files are not noted",
    what: "a client that starts again does not know what it has received",
    breaks: "once",
  },
  {
    name: "parts that are not synced",
    what: "what a journal tells of is not on the disk",
    breaks: "oracle",
  },
  {
    name: "misplaced bytes",
    what: "what comes after an interruption is written to the wrong place",
    breaks: "oracle",
  },
  {
    name: "files that are not closed",
    what: "handles of files are kept",
    breaks: "ends",
  },
  {
    name: "leftovers",
    what: "parts and journals are not taken away",
    breaks: "ends",
  },
  {
    name: "leaking client",
    what: "a client does not give buffers back",
    breaks: "memory",
  },
  {
    name: "leaked buffers",
    what: "the server does not give buffers back",
    breaks: "memory",
  },
];

const KINDS: readonly FaultKind[] = [
  ...(["cut", "vanish", "stall", "part", "slow-line", "freeze"] as const),
  ...(["kill", "power", "slow-disk", "full-disk", "step", "drift"] as const),
];

/** Deaths are what brings files into danger. */
const DEATHS: readonly FaultKind[] = ["kill", "kill", "power", "power", "power", "power", "part"];

/** Files of some chunks that two or three people send each other, while they talk. */
export const FILES: Scenario = {
  name: "files",
  about: "files that two or three clients of chat send each other",
  menus: [
    { machine: "server", kinds: [...KINDS, "storm"] },
    { machine: "ada", kinds: [...KINDS, ...DEATHS], weight: 2 },
    { machine: "bob", kinds: [...KINDS, ...DEATHS], weight: 2 },
  ],
  faultsMs: FAULTS_MS,
  bugs: BUGS,
  run,
};

async function run(sim: Sim): Promise<void> {
  await FileHash.begin(); // it is loaded in true time
  const random = sim.stream("files");
  const witness = new ChatWitness(sim);
  const disk = new ChatDisk(witness, 0, diskBugs(sim));
  const leaksBuffers = sim.hasBug("leaked buffers");
  const fileRate = random.pick([undefined, undefined, 30_000]);
  const path = {
    ...{ delayUs: random.between(100, 40_000), jitterUs: random.between(0, 3000) },
    ...(random.oneIn(5)
      ? {}
      : { windowBytes: 40_000, bytesPerSecond: random.pick([50_000, 150_000]) }),
  };
  const site = new ChatSite(sim, { port: PORT, disk, path, leaksBuffers, flags: { fileRate } });
  const chunkBytes = random.pick([8192, 16_384, 50_000]);
  const sources = new Map<string, Uint8Array>();
  const works = NAMES.slice(0, random.between(2, 3)).map((name) => {
    const work = new FileWork(sim, name, chunkBytes, sources);
    work.user = new ChatUser(sim, witness, {
      ...{ name, port: PORT, rooms: ["#lobby"], last: 500, screenMs: 0, maxWaiting: 100, path },
      parts: (...parts) => work.begin(...parts),
      onLosePower: () => work.folder.losePower(),
      onEvent: (event) => {
        if (event.type === "presence" && /^(joined|back)$/.test(event.what)) work.retry();
      },
    });
    return work;
  });
  const users = works.map(({ user }) => user);
  for (const { machine } of [site, ...users]) await machine.start();
  let isOver = false;
  const next = () => {
    sim.clock.after(random.between(100, 4000), () => {
      if (isOver) return;
      const [from, to] = [random.pick(works), random.pick(works)];
      const isLarge = random.oneIn(2);
      for (let count = isLarge ? 1 : random.between(1, 5); count > 0 && from !== to; count--) {
        const size = random.below(isLarge ? 500_000 : chunkBytes / 4);
        from.send(to, someBytes(size, random));
      }
      from.user.say("#lobby", "#lobby");
      if (to.user.nick !== "") from.user.say(`@${to.user.nick}`, to.name);
      from.user.say("#lobby", "#lobby");
      next();
    });
  };
  next();
  await sim.play(FAULTS_MS);
  isOver = true;
  await endChat(sim, site, users, () => witness.checkTyped(), () => {
    for (const work of works) {
      const missing = work.missing(works);
      if (missing !== undefined) return missing;
    }
    return undefined;
  });
  for (const work of works) work.check(works);
}

/** Bytes that can be told apart wherever they are. */
function someBytes(size: number, random: Random): Uint8Array {
  const tile = random.bytes(997); // a prime: no chunk is like another
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += tile.length) {
    bytes.set(tile.subarray(0, Math.min(tile.length, size - at)), at);
  }
  return bytes;
}
