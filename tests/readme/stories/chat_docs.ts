/** Sessions of docs/chat.md: the first minute, a ban, a file at its sender's, and a game. */
import { chatLines, enter, openScreen, shows } from "../screen.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, type World } from "../world.ts";

const commands = below("docs/chat.md", "Three commands");
const moderation = below("docs/chat.md", "Moderation");
const files = below("docs/chat.md", "Files");
const relay = below("docs/chat.md", "Relay mode");

/** Of these commands the document shows no output. */
const UNSHOWN: Circumstances = { printed: () => ["..."] };
/** Tokens by name, for people. */
const OPERATOR = "tram token new ada && tram token new bob && umask 077 && " +
  "grep '^bob ' ~/.config/tram/token > bob.token";
const FILE_BYTES = 4_400_000;

async function playCommands(world: World): Promise<void> {
  const server = await world.start(commands(1), 1).ready();
  const listener = world.start(commands(1), 2, UNSHOWN);
  await world.run(commands(1), 3, UNSHOWN);
  await listener.ended(); // without a terminal it leaves at the end of its input
  await server.end();
}

async function playFiles(world: World): Promise<void> {
  await world.write("build.log", new Uint8Array(FILE_BYTES).fill(35));
  const server = world.aside("tram chat serve");
  await server.matching(/listening/);
  await using ada = await openScreen(world, "tram chat join --nick ada");
  await shows(ada, "you are ada");
  await using bob = await openScreen(world, "tram chat join --nick bob");
  await shows(ada, "bob has come");
  const [typed = ""] = world.screen(files(1));
  await enter(ada, typed);
  await shows(bob, "!accept 1 or !reject 1");
  await enter(bob, "!accept");
  await shows(ada, "bob has file 1");
  const lines = await chatLines(ada);
  world.compareScreen(files(1), [typed, ...lines.slice(-3)]);
  await server.end();
}

async function playModeration(world: World): Promise<void> {
  await world.aside(OPERATOR).ended();
  const server = world.aside("tram chat serve --operator ada");
  await server.matching(/listening/);
  await using ada = await openScreen(world, "tram chat join --nick ada");
  await shows(ada, "you are ada");
  await using bob = await openScreen(
    world,
    "tram chat join --nick bob --token-file bob.token",
  );
  await shows(ada, "bob has come");
  await enter(ada, "!ban bob 1h spam");
  await shows(bob, "banned");
  await world.run(moderation(1), 1, { code: 77 });
  await server.end();
}

async function playRelay(world: World): Promise<void> {
  const server = await world.start(relay(1), 1).ready();
  await using ada = await openScreen(world, "tram chat join --nick ada");
  await shows(ada, "seat 1");
  await using bob = await openScreen(world, "tram chat join --nick bob");
  await shows(bob, "seat 2");
  const moves = ["a1", "a2", "b1", "b2", "c2", "b3", "a3", "c3", "c1"];
  for (const [at, move] of moves.entries()) {
    const [mine, others] = at % 2 === 0 ? [ada, bob] : [bob, ada];
    await enter(mine, move);
    await shows(others, `> ${move}`);
  }
  await shows(bob, "has won");
  await world.run(relay(2), 1);
  await server.end();
}

/** Sessions of docs/chat.md. */
export const chatDocsStories: readonly Story[] = [
  { name: "docs-chat", blocks: [commands(1)], play: playCommands },
  { name: "docs-chat-files", blocks: [files(1)], play: playFiles },
  { name: "docs-chat-moderation", blocks: [moderation(1)], play: playModeration },
  { name: "docs-chat-relay", blocks: [relay(1), relay(2)], play: playRelay },
];
