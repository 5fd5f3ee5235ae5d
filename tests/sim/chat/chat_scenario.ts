/** Rooms: lines, private lines, moderation; see {@linkcode CHAT}. */
import { newToken } from "../../../lib/transport/token.ts";
import type { Random } from "../../random.ts";
import type { FaultKind } from "../core/fault.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { CHAT_BUGS, diskBugs } from "./chat_bugs.ts";
import { ChatDisk } from "./chat_disk.ts";
import { ChatSite } from "./chat_site.ts";
import { ChatUser } from "./chat_user.ts";
import { ChatWitness } from "./chat_witness.ts";
import { endChat } from "./end_chat.ts";
import { Moderator } from "./sim_moderator.ts";

const FAULTS_MS = 30_000;
const PORT = 7801;
const NAMES = ["ada", "bob", "cy", "dan", "eve"] as const;
const ROOMS = ["#lobby", "#dev", "#ops"] as const;

const CLIENT_FAULTS: readonly FaultKind[] = [
  ...(["cut", "vanish", "stall", "part", "slow-line", "freeze"] as const),
  ...(["kill", "kill", "power", "power", "slow-disk", "full-disk", "step", "drift"] as const),
];

/** Rooms of a chat, its server and three to five clients. */
export const CHAT: Scenario = {
  name: "chat",
  about: "rooms with private lines and moderation: a server, three to five clients",
  menus: [
    { machine: "server", kinds: [...CLIENT_FAULTS, "full-disk", "slow-disk", "storm"], weight: 3 },
    { machine: "ada", kinds: CLIENT_FAULTS },
    { machine: "bob", kinds: CLIENT_FAULTS },
    { machine: "cy", kinds: CLIENT_FAULTS },
  ],
  faultsMs: FAULTS_MS,
  bugs: CHAT_BUGS,
  run,
};

async function run(sim: Sim): Promise<void> {
  const random = sim.stream("chat");
  const witness = new ChatWitness(sim);
  const disk = new ChatDisk(witness, random.oneIn(2) ? 0 : random.between(1, 20), diskBugs(sim));
  const tokens = random.oneIn(2) ? NAMES.map((name) => newToken(name)) : undefined;
  const site = new ChatSite(sim, {
    port: PORT,
    disk,
    tokens,
    flags: { pace: random.oneIn(3) ? 0 : 10 },
    leaksBuffers: sim.hasBug("leaked buffers"),
  });
  const rooms = ROOMS.slice(0, random.between(1, 3));
  const users = NAMES.slice(0, random.between(3, 5)).map((name) =>
    new ChatUser(sim, witness, {
      ...{ name, port: PORT, rooms, last: random.oneIn(3) ? 5 : 500 },
      screenMs: random.oneIn(3) ? 0 : random.between(1, 200),
      maxWaiting: 100,
      token: tokens?.find((token) => token.name === name),
    })
  );
  for (const { machine } of [site, ...users]) await machine.start();
  const moderator = new Moderator(sim, site, users, witness);
  let isOver = false;
  const meanMs = random.pick([400, 1500, 1500, 4000]);
  for (const user of users) talk(sim, user, users, rooms, meanMs, () => isOver);
  moderator.begin(() => isOver);
  await sim.play(FAULTS_MS);
  isOver = true;
  await moderator.forgiveAll();
  await endChat(sim, site, users, () => witness.checkTyped());
}

/** Somebody says something, now and then. */
function talk(
  sim: Sim,
  user: ChatUser,
  users: readonly ChatUser[],
  rooms: readonly string[],
  meanMs: number,
  isOver: () => boolean,
): void {
  const random = sim.stream(`what ${user.name} does`);
  const next = () => {
    sim.clock.after(random.between(1, 2 * meanMs), () => {
      if (isOver()) return;
      act(user, users, rooms, random);
      next();
    });
  };
  next();
}

function act(
  user: ChatUser,
  users: readonly ChatUser[],
  rooms: readonly string[],
  random: Random,
): void {
  const what = random.below(100);
  const room = random.pick(rooms);
  if (what < 55) return user.say(room, room, "x".repeat(random.oneIn(5) ? random.below(500) : 0));
  if (what < 85) {
    const other = random.pick(users);
    if (other.nick !== "") user.say(`@${other.nick}`, other.name);
    return;
  }
  if (what < 95) {
    const count = random.between(2, random.oneIn(4) ? 80 : 12);
    for (let i = 0; i < count; i++) user.say(room, room);
    return;
  }
  if (what < 97) return user.quit();
  user.act((client) => {
    if (client.leave(room)) client.join(room);
  });
}
