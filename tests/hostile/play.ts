/** Which attacks are made on which service, and in which order. */
import type { Attack, AttackRow, Attacks } from "./attack.ts";
import { bytesAttacks } from "./bytes_attacks.ts";
import { floodAttacks } from "./chat_flood_attacks.ts";
import { forgeryAttacks } from "./chat_forgery_attacks.ts";
import { frameAttacks } from "./chat_frame_attacks.ts";
import { textAttacks } from "./chat_text_attacks.ts";
import { collectAttacks } from "./collect_attacks.ts";
import { doorAttacks, sessionAttacks } from "./door_attacks.ts";
import { jsonAttacks, loadAttacks } from "./load_attacks.ts";
import { mapreduceAttacks } from "./mapreduce_attacks.ts";
import { slowAttacks } from "./slow_attacks.ts";
import type { Stage } from "./stage.ts";
import { onChat, onCollect, onMapreduce, onOpenChat, onShuffle, onTimer } from "./stages.ts";

/** Runs a step of a test, or of the table. */
export type Step = (title: string, act: () => Promise<void>) => Promise<unknown>;

/** The stage of a service, and what is done to this one alone. */
interface Programme {
  readonly on: (size: number, play: (stage: Stage) => Promise<void>) => Promise<void>;
  readonly own: Attacks;
}

const PROGRAMMES: Readonly<Record<string, Programme>> = {
  timer: { on: onTimer, own: {} },
  collect: { on: onCollect, own: { ...jsonAttacks, ...sessionAttacks, ...collectAttacks } },
  chat: { on: onChat, own: { ...jsonAttacks, ...sessionAttacks } },
  mapreduce: { on: onMapreduce, own: { ...jsonAttacks, ...mapreduceAttacks } },
  shuffle: { on: onShuffle, own: jsonAttacks },
};

/** What can be asked for. */
export const SERVICES: readonly string[] = [...Object.keys(PROGRAMMES), "open chat"];

/**
 * Makes all attacks on a service.
 *
 * @param size of attacks: 1 in the gate, where the slow ones go side by side
 * @param rows what came of them is added here
 */
export async function play(
  service: string,
  size: number,
  step: Step,
  rows: AttackRow[] = [],
): Promise<void> {
  if (service === "open chat") return await playOpenChat(size, step, rows);
  const programme = PROGRAMMES[service];
  if (programme === undefined) throw new Error(`There is no service ${service}`);
  const slow = size === 1 ? atOnce(slowAttacks) : slowAttacks;
  await programme.on(size, async (stage) => {
    const all = { ...bytesAttacks, ...doorAttacks, ...loadAttacks, ...programme.own, ...slow };
    await playAll(stage, all, step, rows);
  });
}

/** What members of a chat may do to each other. */
async function playOpenChat(size: number, step: Step, rows: AttackRow[]): Promise<void> {
  await onOpenChat(size, async (stage, target) => {
    const all = { ...floodAttacks, ...forgeryAttacks, ...frameAttacks, ...textAttacks };
    const bound = Object.entries(all).map(([title, attack]) => [title, () => attack(target)]);
    await playAll(stage, Object.fromEntries(bound), step, rows);
  });
}

async function playAll(
  stage: Stage,
  attacks: Attacks,
  step: Step,
  rows: AttackRow[],
): Promise<void> {
  await stage.quiet();
  for (const [title, attack] of Object.entries(attacks)) {
    await step(title, async () => void await stage.under(title, attack));
  }
  rows.push(...stage.rows);
}

/** They mostly wait. */
function atOnce(attacks: Attacks): Attacks {
  const all: Attack = async (target) => {
    await Promise.all(Object.values(attacks).map((attack) => attack(target)));
  };
  return { [Object.keys(attacks).join("; ")]: all };
}
