/**
 * One random life of a connection, as data: what its network does, what both sides do and when.
 * Pure: the same seed gives the same life. `connection_model.ts` lives it.
 */
import type { PathSettings } from "../../lib/transport/memory_path.ts";
import { Random } from "../random.ts";

/** One end of the connection. */
export type SideName = "client" | "server";

/** Ways to send a frame. */
export type Way = "send" | "reserve" | "sendInPlace" | "sendBatch";

/** Frames to be sent. */
export interface FramePlan {
  /** Normal lane, bulk with the line's credit, or bulk with the service's. */
  readonly kind: "normal" | "bulk" | "heldBulk";
  readonly way: Way;
  /** Bytes of each payload, at least four. */
  readonly payloadBytes: number;
  /** How many; more than one only in a batch. */
  readonly count: number;
}

/** The part of the link that something happens to. */
export type Part = "both" | "there" | "back";

/** What a side does, or what is done to the link. */
export type Action =
  | { readonly do: "send"; readonly side: SideName; readonly frames: readonly FramePlan[] }
  | { readonly do: "ping" | "flush" | "close" | "abort"; readonly side: SideName }
  | { readonly do: "writable"; readonly side: SideName; readonly lane: "normal" | "bulk" }
  | { readonly do: "release"; readonly side: SideName; readonly frames: number }
  | { readonly do: "stall"; readonly part: Part; readonly forMs: number }
  | { readonly do: "vanish" | "halfClose" | "abandon"; readonly part: Part }
  | { readonly do: "cut" | "shutDown" };

/** An action, and how long to wait after it. */
export interface Step {
  readonly action: Action;
  /** Milliseconds of fake time, or one turn of the promises, or nothing at all. */
  readonly pause: number | "microtask" | "none";
}

/** One random life of a connection. */
export interface Scenario {
  readonly there: Required<PathSettings>;
  readonly back: Required<PathSettings>;
  /** Bytes that both sides may buffer together. */
  readonly budgetBytes: number;
  /** Whether the network is so narrow that only small frames get through in time. */
  readonly isNarrow: boolean;
  /** Frame that a handler fails at. */
  readonly failsAtFrame: { readonly side: SideName; readonly frame: number } | undefined;
  readonly steps: readonly Step[];
  /** Whether held bulk is given back at the end, so that all of it can be delivered. */
  readonly releasesAtEnd: boolean;
  /** How the connection is ended, if it is still there. */
  readonly ending: readonly Step[];
}

const KIB = 1024;

/** Most bytes of payload of a bulk frame. */
const MOST_BULK_BYTES = 64 * KIB - 5;

/** Memory that no life uses up. */
const AMPLE_BYTES = 64 * KIB * KIB;

/** No stall lasts longer, in milliseconds. */
export const LONGEST_STALL_MS = 20_000;

/** No connection is given up for a stall that is as short as this. */
const SHORT_STALL_MS = 500;

/** Actions that end no connection, and the goodbye. */
const PEACEFUL: ReadonlySet<Action["do"]> = new Set(
  ["send", "ping", "flush", "writable", "release", "close"] as const,
);

/** The life that belongs to `seed`. */
export function makeScenario(seed: number): Scenario {
  const random = new Random(seed);
  const there = drawPath(random);
  const back = drawPath(random);
  const isNarrow = [there, back].some(({ windowBytes, maxWriteBytes }) =>
    windowBytes < 1000 || maxWriteBytes < 100
  );
  const actions = random.oneIn(3) ? CALM_ACTIONS : [...CALM_ACTIONS, ...FAULTS];
  return {
    there,
    back,
    isNarrow,
    budgetBytes: random.pick([AMPLE_BYTES, AMPLE_BYTES, 600_000, 1_500_000]),
    failsAtFrame: random.oneIn(12)
      ? { side: drawSide(random), frame: random.below(40) }
      : undefined,
    steps: Array.from({ length: random.between(5, isNarrow ? 44 : 124) }, () => ({
      action: drawAction(random, actions, isNarrow),
      pause: drawPause(random),
    })),
    releasesAtEnd: !random.oneIn(3),
    ending: drawEnding(random),
  };
}

/** Whether nothing but goodbyes ends the connection, so that each goodbye must be confirmed. */
export function endsInPeace(scenario: Scenario): boolean {
  const { budgetBytes, failsAtFrame, releasesAtEnd, steps, ending } = scenario;
  const actions = [...steps, ...ending].map(({ action }) => action);
  return budgetBytes === AMPLE_BYTES && failsAtFrame === undefined && releasesAtEnd &&
    isFast(scenario.there) && isFast(scenario.back) && actions.every(isPeaceful);
}

/** Whether the largest frame is through, and a PING after it answered, within two heartbeats. */
function isFast({ windowBytes, delayUs, bytesPerSecond }: Required<PathSettings>): boolean {
  return bytesPerSecond >= 5e6 && (delayUs <= 100 || windowBytes >= 64 * KIB);
}

function isPeaceful(action: Action): boolean {
  return action.do === "stall" ? action.forMs <= SHORT_STALL_MS : PEACEFUL.has(action.do);
}

/** Frames that one of the sides may send at any time. */
export function drawFrame(random: Random, isBulk: boolean, isNarrow: boolean): FramePlan {
  if (isBulk) {
    const kind = random.pick(["bulk", "heldBulk"] as const);
    const way = random.pick(["send", "reserve"] as const);
    return {
      kind,
      way,
      payloadBytes: drawPayloadBytes(random, MOST_BULK_BYTES, isNarrow),
      count: 1,
    };
  }
  const way = random.pick(["send", "reserve", "sendInPlace", "sendBatch"] as const);
  const isBatch = way === "sendBatch";
  return {
    kind: "normal",
    way,
    payloadBytes: drawPayloadBytes(random, isBatch ? 60_000 : 250_000, isNarrow),
    count: isBatch ? random.between(1, 4) : 1,
  };
}

/** Small ones, large ones, and those around the size from which on payloads are not copied. */
function drawPayloadBytes(random: Random, mostBytes: number, isNarrow: boolean): number {
  if (isNarrow) return random.between(4, 43);
  const most = random.pick([4, 100, 2000, 16 * KIB, 20_000, 30_000, mostBytes]);
  return random.oneIn(4) ? most : random.between(4, most);
}

/** One direction. A small window is not combined with a slow path: that would take hours. */
function drawPath(random: Random): Required<PathSettings> {
  const windowBytes = random.pick([1, 100, 4 * KIB, 64 * KIB, 256 * KIB, 256 * KIB]);
  const isSmall = windowBytes < 4 * KIB;
  return {
    windowBytes,
    maxWriteBytes: random.pick([Infinity, Infinity, 1, 7, 1000, 20_000]),
    delayUs: random.pick(isSmall ? [0, 0, 100] : [0, 0, 100, 20_000, 300_000]),
    jitterUs: isSmall ? 0 : random.pick([0, 0, 50_000]),
    bytesPerSecond: isSmall ? Infinity : random.pick([Infinity, Infinity, 5e6, 200_000]),
  };
}

type Draw = (random: Random, isNarrow: boolean) => Action;

/** What may happen, and how often in relation to the others. */
interface Choice {
  readonly weight: number;
  readonly draw: Draw;
}

const CALM_ACTIONS: readonly Choice[] = [
  { weight: 350, draw: (random, isNarrow) => drawSending(random, false, isNarrow) },
  { weight: 250, draw: (random, isNarrow) => drawSending(random, true, isNarrow) },
  { weight: 60, draw: (random) => ({ do: "ping", side: drawSide(random) }) },
  {
    weight: 60,
    draw: (random) => {
      const lane = random.pick(["normal", "bulk"] as const);
      return { do: "writable", side: drawSide(random), lane };
    },
  },
  { weight: 100, draw: (random) => ({ do: "flush", side: drawSide(random) }) },
  {
    weight: 120,
    draw: (random) => ({ do: "release", side: drawSide(random), frames: random.between(0, 8) }),
  },
  {
    weight: 20,
    draw: (random) => {
      const forMs = random.pick([10, 500, 3000, LONGEST_STALL_MS]);
      return { do: "stall", part: drawPart(random), forMs };
    },
  },
];

const FAULTS: readonly Choice[] = [
  { weight: 15, draw: (random) => ({ do: "close", side: drawSide(random) }) },
  { weight: 5, draw: (random) => ({ do: "abort", side: drawSide(random) }) },
  { weight: 5, draw: () => ({ do: "cut" }) },
  { weight: 5, draw: (random) => ({ do: "vanish", part: drawPart(random) }) },
  { weight: 5, draw: (random) => ({ do: "halfClose", part: drawDirection(random) }) },
  { weight: 5, draw: (random) => ({ do: "abandon", part: drawDirection(random) }) },
];

function drawAction(random: Random, choices: readonly Choice[], isNarrow: boolean): Action {
  let at = random.below(choices.reduce((sum, { weight }) => sum + weight, 0));
  for (const { weight, draw } of choices) {
    if (at < weight) return draw(random, isNarrow);
    at -= weight;
  }
  throw new RangeError("The weights do not add up");
}

function drawSending(random: Random, isBulk: boolean, isNarrow: boolean): Action {
  const frames = Array.from(
    { length: random.between(1, 6) },
    () => drawFrame(random, isBulk, isNarrow),
  );
  return { do: "send", side: drawSide(random), frames };
}

function drawPause(random: Random): Step["pause"] {
  if (random.below(10) < 6) return random.pick([0, 0, 0.01, 1, 20, 300, 1500]);
  return random.oneIn(2) ? "microtask" : "none";
}

function drawSide(random: Random): SideName {
  return random.pick(["client", "server"] as const);
}

function drawPart(random: Random): Part {
  return random.pick(["both", "there", "back"] as const);
}

function drawDirection(random: Random): Part {
  return random.pick(["there", "back"] as const);
}

function drawEnding(random: Random): Step[] {
  const close = (side: SideName, pauses: readonly Step["pause"][] = ["none"]): Step => ({
    action: { do: "close", side },
    pause: random.pick(pauses),
  });
  return random.pick([
    () => [close("client"), close("server")],
    () => [close("server"), close("client")],
    () => [close("client")],
    (): Step[] => [{ action: { do: "shutDown" }, pause: "none" }],
    (): Step[] => [
      close("client", [0, 1, 100, 1100]),
      { action: { do: "abort", side: drawSide(random) }, pause: "none" },
    ],
    (): Step[] => [
      close("client", [0, 1, 100]),
      close("server", [0, 1, 100, 300]),
      { action: { do: "cut" }, pause: "none" },
    ],
  ])();
}
