/**
 * Two clients of `chat` who talk to each other until the input of this process ends, and say then what
 * they have noticed: `deno run -A chat_honest_process.ts PORT`.
 */
import { CrowdMember } from "./chat_crowd.ts";
import { until } from "./collect_room.ts";

/** Time between two lines, in milliseconds. */
const PAUSE_MS = 15;

const ROOM = "#lobby";
const port = Number(Deno.args[0]);
const saidMs = new Map<string, number>();
const tripsMs: number[] = [];

function member(nick: string): CrowdMember {
  return new CrowdMember({
    port,
    nick,
    rooms: [ROOM],
    onLine({ nick: by, text }) {
      const atMs = by === nick ? undefined : saidMs.get(text); // the way to the other one
      if (atMs !== undefined) tripsMs.push(performance.now() - atMs);
    },
  });
}

function say(event: { readonly type: string } & Record<string, unknown>): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
}

const talkers = [member("ada"), member("bob")];
await until("both are there", () => talkers.every(({ isReady }) => isReady));
say({ type: "ready" });
let isOver = false;
(async () => {
  for await (const _ of Deno.stdin.readable);
  isOver = true;
})();
for (let number = 1; !isOver; number++) {
  const text = `honest ${number}`;
  saidMs.set(text, performance.now());
  talkers[number % 2]?.say(ROOM, text);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
await until("all has come", () => tripsMs.length === saidMs.size);
tripsMs.sort((a, b) => a - b);
const at = (part: number) => tripsMs[Math.floor((tripsMs.length - 1) * part)];
say({
  type: "told",
  said: saidMs.size,
  medianMs: at(0.5),
  p99Ms: at(0.99),
  mostMs: at(1),
  faults: talkers.flatMap(({ faults, ends }) => [...faults, ...ends]),
  notices: talkers.flatMap(({ notices }) => notices.map(({ code }) => code)),
});
for (const talker of talkers) await talker.leave();
