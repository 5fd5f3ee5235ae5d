/** Sessions of collect: two clients, one with a clock that is fast, and what the server knows. */
import { below, type Story } from "../story.ts";
import { type Circumstances, rule, type World } from "../world.ts";

const readme = below(
  "README.md",
  "collect: timestamps of a whole room, and how far each clock is off",
);

/** On a busy machine a client may not run when a sample is due. */
const MISSED: Circumstances = { perhaps: /, [\d,]+ ticks? missed(?=\n)/g };
/** And probes wait. */
const WAITED: Circumstances = {
  rules: [
    rule(/(?<=^desk-1 .* {2})unstable path$/, "ok"),
    rule(/(?<=^desk-2 .* {2})unstable path, (?=clock far off$)/, ""),
  ],
  perhaps: /; the\s+delay\s+is [^;]*? so\s+the\s+bound\s+is\s+wide/g,
};

async function playReadme(world: World): Promise<void> {
  const server = await world.start(readme(1), 1).ready();
  const fast = world.aside("faketime -f '+2.5s' tram collect send --id desk-2 --duration 8s");
  await world.run(readme(2), 1, MISSED);
  await fast.ended();
  await world.run(readme(3), 1, WAITED);
  await server.end();
}

/** Sessions of the README. */
export const collectStories: readonly Story[] = [
  { name: "collect", blocks: [1, 2, 3].map(readme), play: playReadme },
];
