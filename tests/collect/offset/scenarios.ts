/** The hours that the estimator has to live through. */
import { seededRandom } from "./seeded_random.ts";
import { type ClockPlan, MINUTE_US, SECOND_US } from "./simulated_clock.ts";
import type { Scenario } from "./simulator.ts";

const LAN = { thereUs: 100, backUs: 100, jitter: { kind: "exponential", us: 100 } } as const;
const CLOCKS = { client: { offsetUs: 100_000, driftPpm: 100 }, server: { driftPpm: -3 } };
const DAY_US = 86_400 * SECOND_US;

/** chrony's test suite starts from these figures. */
export const CHRONY: Scenario = { ...CLOCKS, server: {}, path: LAN };

const stepped = (byUs: readonly number[], everyUs: number) =>
  byUs.map((by, at) => ({ atUs: (at + 1) * everyUs + 12_345, byUs: by }));

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a path as in chrony's tests": CHRONY,
  "loopback": {
    ...CLOCKS,
    path: { thereUs: 10, backUs: 12, jitter: { kind: "exponential", us: 10 } },
  },
  "no delay at all": { ...CLOCKS, path: { thereUs: 0, backUs: 0 } },
  "a path slower on the way there": { ...CLOCKS, path: { ...LAN, thereUs: 3000, backUs: 200 } },
  "jitter on the way back only": { ...CLOCKS, path: { ...LAN, jitterBackUs: 2000 } },
  "heavy tails": {
    ...CLOCKS,
    path: { thereUs: 400, backUs: 400, jitter: { kind: "pareto", us: 300 } },
  },
  "every third probe lost": { ...CLOCKS, path: { ...LAN, loss: 0.33 } },
  "a clock that wanders": {
    client: { offsetUs: -5e6, driftPpm: -80, wanderPpm: 0.01 },
    server: { driftPpm: 30, wanderPpm: 0.01 },
    path: LAN,
  },
  "a temperature that changes fast": {
    client: { offsetUs: 2e6, driftPpm: 20, rampPpmPerMinute: 1, rampTurnsUs: 20 * MINUTE_US },
    path: LAN,
  },
  "a client that is set": {
    client: {
      driftPpm: 50,
      steps: stepped([2.5e6, -2.5e6, 300_000, -700, 2000, -DAY_US], 7 * MINUTE_US),
    },
    path: LAN,
  },
  "a server that is set": {
    client: { driftPpm: 50 },
    server: {
      driftPpm: -10,
      steps: stepped([-4e6, 4e6, -300_000, 700, 2000, DAY_US], 7 * MINUTE_US),
    },
    path: LAN,
  },
  "both set at almost the same time": {
    client: { steps: [{ atUs: 600e6 + 50, byUs: 7e6 }, { atUs: 1800e6, byUs: -7e6 }] },
    server: { steps: [{ atUs: 600e6 + 90_000, byUs: -9e6 }, { atUs: 1800e6 + 50, byUs: 1e6 }] },
    path: LAN,
  },
  "a client that sleeps": {
    client: { driftPpm: 60, sleeps: [{ atUs: 900e6, forUs: 600e6 }] },
    path: LAN,
  },
  "a server that sleeps": {
    client: { driftPpm: 60 },
    server: { sleeps: [{ atUs: 900e6, forUs: 600e6 }] },
    path: LAN,
  },
  "a new route": {
    ...CLOCKS,
    path: {
      ...LAN,
      changes: [
        { atUs: 15 * MINUTE_US, thereUs: 20_000, backUs: 1000 },
        { atUs: 40 * MINUTE_US, thereUs: -19_900, backUs: 20_000 },
      ],
    },
  },
  "a link that is gone for minutes": {
    client: { ...CLOCKS.client, wanderPpm: 0.01, rampPpmPerMinute: 0.5 },
    path: {
      ...LAN,
      silences: [5, 12, 20, 40].map((from, at) => ({
        fromUs: from * MINUTE_US,
        toUs: (from + [2, 5, 15, 19][at]!) * MINUTE_US,
      })),
    },
  },
  "a path that stalls": {
    ...CLOCKS,
    path: {
      ...LAN,
      stalls: Array.from({ length: 60 }, (_, at) => ({
        fromUs: at * MINUTE_US + 200_000,
        toUs: at * MINUTE_US + 200_000 + at * 30_000,
      })),
    },
  },
  "one probe": { ...CLOCKS, path: LAN, maxProbes: 1 },
  "two probes": { ...CLOCKS, path: LAN, maxProbes: 2 },
  "three probes": { ...CLOCKS, path: LAN, maxProbes: 3 },
  "two bursts": { ...CLOCKS, path: LAN, maxProbes: 16 },
  "a client set before 1970": { client: { offsetUs: -1.8e15, driftPpm: 400 }, path: LAN },
  "a client far in the future": { client: { offsetUs: 7.3e15, driftPpm: -400 }, path: LAN },
};

/** Twenty minutes in which anything may happen at any time, several things at once included. */
export function randomScenario(seed: number): Scenario {
  const random = seededRandom(seed);
  const lengthUs = 20 * MINUTE_US;
  const between = (low: number, high: number) => low + (high - low) * random();
  const times = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, make);
  const size = () => (random() < 0.5 ? -1 : 1) * 10 ** between(2.5, 11);
  const clock = (): ClockPlan => {
    const sleeps = random() < 0.7
      ? []
      : [{ atUs: between(0, lengthUs), forUs: between(1e6, 300e6) }];
    const steps = random() < 0.3
      ? []
      : times(4, () => ({ atUs: between(0, lengthUs), byUs: size() }));
    // What is set while its machine sleeps cannot be told from a longer or shorter sleep.
    const isAwake = (atUs: number) =>
      sleeps.every((sleep) => atUs < sleep.atUs - 2e5 || atUs > sleep.atUs + sleep.forUs + 2e5);
    return {
      offsetUs: (random() < 0.5 ? -1 : 1) * 10 ** between(0, 14),
      driftPpm: between(-200, 200),
      wanderPpm: random() < 0.5 ? 0 : 0.005,
      rampPpmPerMinute: random() < 0.5 ? 0 : between(-0.6, 0.6),
      rampTurnsUs: between(1, 20) * MINUTE_US,
      steps: steps.filter(({ atUs }) => isAwake(atUs)),
      sleeps,
    };
  };
  const span = (longestUs: number) => {
    const fromUs = between(0, lengthUs);
    return { fromUs, toUs: fromUs + between(0, longestUs) };
  };
  return {
    lengthUs,
    epochUs: between(-2e15, 6e15),
    client: clock(),
    server: clock(),
    path: {
      thereUs: 10 ** between(1, 4.5),
      backUs: 10 ** between(1, 4.5),
      jitter: { kind: random() < 0.5 ? "exponential" : "pareto", us: 10 ** between(0, 4) },
      jitterBackUs: 10 ** between(0, 4),
      loss: random() < 0.5 ? 0 : between(0, 0.9),
      changes: times(2, () => ({
        atUs: between(0, lengthUs),
        thereUs: between(0, 20_000),
        backUs: between(0, 20_000),
      })),
      silences: times(2, () => span(6 * MINUTE_US)),
      stalls: times(5, () => span(3 * SECOND_US)),
    },
  };
}
