/** Sessions of chat: people at terminals, a server that is killed, a file, and a suspension. */
import { chatLines, enter, openScreen, shows } from "../screen.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, type World } from "../world.ts";

const readme = below("README.md", "chat: rooms that survive everything");

/** Of these commands the document shows no output. */
const UNSHOWN: Circumstances = { printed: () => ["..."] };
const FILE_BYTES = 4_400_000;

async function playReadme(world: World): Promise<void> {
  await world.write("build.log", new Uint8Array(FILE_BYTES).fill(35));
  const serve = readme(1);
  const killed = await world.start(serve, 1).ready();
  await using ada = await openScreen(world, "tram chat join --nick ada");
  await shows(ada, "you are ada");
  await using bob = await openScreen(world, world.step(readme(2), 1).command);
  await shows(bob, "2 here: ada, bob");
  await enter(ada, "the build is red, bob");
  await shows(bob, "<ada> the build is red, bob");
  await enter(bob, "send me its log");
  await shows(ada, "<bob> send me its log");
  await enter(ada, "!send bob build.log");
  await shows(bob, "!accept 1 or !reject 1");
  await enter(bob, "!accept");
  await shows(bob, "as dl/build.log");
  await killed.end("SIGKILL");
  await shows(bob, "trying on");
  await enter(bob, "found it: fixed in a minute");
  await shows(bob, "kept until there is a line");
  await using server = await openScreen(world, world.step(serve, 1).command);
  await shows(bob, "<bob> found it: fixed in a minute");
  await enter(server, "!suspend bob 10m go to bed");
  await shows(bob, "go to bed; until");
  world.compare(readme(2), 1, await chatLines(bob));

  await world.run(readme(3), 1, UNSHOWN);
  const listener = world.start(readme(3), 2, UNSHOWN);
  await listener.matching(/"type":"page"/);
  await listener.end();
  const heard = await world.aside("tram chat join --nick eve --room ops < /dev/null").ended();
  if (!/#ops <desk-1> .*load average/.test(heard)) throw new Error(`not said: ${heard}`);
}

/** Sessions of the README. */
export const chatStories: readonly Story[] = [
  { name: "chat", blocks: [1, 2, 3].map(readme), play: playReadme },
];
