/** Sessions that measure: a server beside them, which somebody stops for a moment. */
import { slowPath } from "../slow_path.ts";
import { suspend } from "../suspend.ts";
import { below, type Story } from "../story.ts";
import { type Circumstances, rule, type World } from "../world.ts";

const readme = below("README.md", "timer: how long is the way there and back?");

/** Sentences of the blame, one of which stands below a run on a busy machine. */
const BLAMES = [
  rule(/^blame the client: this machine was late or stopped(?: \([^)]*\))?$/, "<blame>"),
  rule(/^blame the server: the server did not run(?: \([^)]*\))?$/, "<blame>"),
  rule(/^blame the path: the path between was slow \(or the server, for moments\)$/, "<blame>"),
];
const FEW_SLOW = rule(/(?<=^slow answers \(over three times the median\): )\d+(?=;)/, "<n>");
/** A closed loop on a busy machine. */
const CLOSED: Circumstances = { rules: [FEW_SLOW, ...BLAMES] };
/** An open loop while the server stood still: it may do so for moments besides. */
const STOPPED: Circumstances = {
  rules: [rule(/ \((?:once, for|\d+ times, at most) (?=\d)/, " (some times, for ")],
  perhaps: /^client-limited: this machine sent up to [^]*? of\s+the\s+median response of .*\n/gm,
};
/** On a busy machine it is told of p50 alone that it is slower. */
const COMPARED: Circumstances = {
  rules: [
    rule(
      /(?:[+-][\d.]+ % to [+-][\d.]+ %|(?:from|up to) [+-][\d.]+ %)(?= {2}slower$)/,
      "<interval>",
    ),
    rule(/^(p9[09]) .* {2}(?:\?|same|slower)$/, "$1  <what it says>"),
    rule(/, slower at p9[09] \([^)]*\)/g, ""),
    rule(
      /; (?:p90|p99|p90 and p99) cannot be told: too few samples, or slices of time too unlike; measure for longer$/,
      "",
    ),
  ],
};

async function playPing(world: World): Promise<void> {
  const server = await world.start(readme(1), 1).ready();
  await world.run(readme(2), 1, CLOSED);
  const ping = world.start(readme(3), 1, STOPPED);
  await suspend(server.pid, 2000, 500);
  await ping.ended();
  await server.end();
}

/** Two ways to a server, which take their time whatever else runs here. */
async function playCompare(world: World): Promise<void> {
  const server = world.aside("tram timer serve");
  await server.matching(/listening/);
  // The slow one has enough answers for p99 however slow it is.
  const ways = [["near", 1, "--duration 2s"], ["far", 25, "--count 1500"]] as const;
  for (const [name, delayMs, length] of ways) {
    using path = slowPath(47_945, delayMs);
    const ping = `tram timer ping --port ${path.port} --in-flight 32 ${length}`;
    await world.aside(`${ping} --hdr ${name}.hlog`).ended();
  }
  await world.run(readme(4), 1, COMPARED);
  await server.end();
}

/** The token goes to another machine, which has no other. */
async function playToken(world: World): Promise<void> {
  await world.run(readme(5), 1);
  const server = await world.start(readme(5), 2).ready();
  await world.aside(
    "umask 077; tram token show > room.token; rm ~/.config/tram/token; " +
      "tram timer ping --host 192.0.2.7 --token-file room.token --count 10",
  ).ended();
  await server.end();
}

/** Sessions of the README. */
export const timerStories: readonly Story[] = [
  { name: "timer", blocks: [1, 2, 3].map(readme), isMeasured: true, play: playPing },
  { name: "timer-compare", blocks: [readme(4)], play: playCompare },
  { name: "token", blocks: [readme(5)], play: playToken },
];
