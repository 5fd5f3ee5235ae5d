/**
 * Two clocks, a path between them and an hour of virtual time: what a client's probes would look
 * like, and what the truth is at each moment. Everything follows from the seed. Times are in
 * microseconds of true time unless named otherwise.
 */
import type { ClockStep } from "../../../lib/collect/offset/clock_step.ts";
import type { OffsetEstimate } from "../../../lib/collect/offset/estimate.ts";
import { isQuiet } from "../../../lib/collect/offset/is_quiet.ts";
import type { ProbeRefusal, StampedProbe } from "../../../lib/collect/offset/offset_tracker.ts";
import type { Segment } from "../../../lib/collect/offset/segment.ts";
import {
  ProbeSchedule,
  type ProbeScheduleOptions,
} from "../../../lib/collect/offset/probe_schedule.ts";
import { type ClockPlan, SECOND_US, SimulatedClock } from "./simulated_clock.ts";
import { seededRandom } from "./seeded_random.ts";

export interface PathPlan {
  readonly thereUs: number;
  readonly backUs: number;
  readonly jitter?: { readonly kind: "exponential" | "pareto"; readonly us: number };
  readonly jitterBackUs?: number;
  /** Probability that a probe or its answer is lost. */
  readonly loss?: number;
  /** Both ways are added to from this time on. */
  readonly changes?: readonly { readonly atUs: number; thereUs: number; backUs: number }[];
  /** Nothing comes through in these times. */
  readonly silences?: readonly { readonly fromUs: number; readonly toUs: number }[];
  /** Whoever is on the path in these times is held until their end. */
  readonly stalls?: readonly { readonly fromUs: number; readonly toUs: number }[];
}

export interface Scenario {
  readonly client?: ClockPlan;
  readonly server?: ClockPlan;
  readonly path: PathPlan;
  /** @default an hour */
  readonly lengthUs?: number;
  /** True time at the start, in microseconds since 1970. */
  readonly epochUs?: number;
  /** Probing ends after this many probes. */
  readonly maxProbes?: number;
  readonly schedule?: ProbeScheduleOptions;
}

/** What the simulator feeds: the tracker, or one with something switched off. */
export interface Estimator {
  addProbe(probe: StampedProbe): ProbeRefusal | undefined;
  addStep(side: "client" | "server", step: ClockStep): void;
  estimateAt(clientUs: number, clientSteps?: number): OffsetEstimate | undefined;
  readonly current: Segment;
}

/** One look at the estimate and the truth. */
export interface Look {
  readonly atUs: number;
  readonly clientUs: number;
  readonly truthUs: number;
  readonly truthPpm: number;
  readonly estimate: OffsetEstimate;
  /** How long ago the moment was that is asked about; 0: now. */
  readonly agoUs: number;
}

interface Event {
  readonly atUs: number;
  readonly run: (atUs: number) => void;
}

const LOOK_EVERY_US = 100_000;

/** How far back the estimator is asked for moments of the past, in looks. */
const LOOK_BACK = 900;

/** Runs a scenario; calls `look` each 100 ms for now, and for one moment of the last 90 s. */
export function simulate(
  scenario: Scenario,
  seed: number,
  estimator: Estimator,
  look: (look: Look) => void,
): { readonly sent: number; readonly answered: number } {
  const random = seededRandom(seed * 7919 + 17);
  const { path, lengthUs = 3600 * SECOND_US, epochUs = 1_700_000_000_000_000 } = scenario;
  const client = new SimulatedClock(scenario.client ?? {}, epochUs, lengthUs, random);
  const server = new SimulatedClock(scenario.server ?? {}, epochUs, lengthUs, random);
  const schedule = new ProbeSchedule(0, scenario.schedule);
  const pending: Event[] = [];
  const past: {
    clientUs: number;
    clientSteps: number;
    truthUs: number;
    truthPpm: number;
    atUs: number;
  }[] = [];
  let sent = 0;
  let answered = 0;
  let answeredBefore = 0;
  let serverCheckedUs = 0;
  let lookedAt = 0;
  let segment = 0;
  let hasBurst = false;

  const checkStep = (side: "client" | "server", atUs: number) => {
    const clock = side === "client" ? client : server;
    if (clock.isAsleep(atUs)) return;
    const step = clock.check(atUs);
    if (side === "server") serverCheckedUs = atUs;
    if (step !== undefined) estimator.addStep(side, step);
    if (estimator.current.start.id !== segment) {
      segment = estimator.current.start.id;
      hasBurst = false;
      schedule.hurry(atUs * 1000);
    }
  };
  const travel = (atUs: number, isThere: boolean): number | undefined => {
    if (random() < (path.loss ?? 0) / 2) return undefined;
    if (path.silences?.some(({ fromUs, toUs }) => atUs >= fromUs && atUs < toUs)) return undefined;
    let delay = isThere ? path.thereUs : path.backUs;
    for (const change of path.changes ?? []) {
      if (atUs >= change.atUs) delay += isThere ? change.thereUs : change.backUs;
    }
    const { jitter } = path;
    if (jitter !== undefined) {
      const us = isThere ? jitter.us : path.jitterBackUs ?? jitter.us;
      const uniform = 1 - random();
      delay += jitter.kind === "exponential"
        ? -us * Math.log(uniform)
        : Math.min(2 * SECOND_US, us * (uniform ** (-1 / 1.2) - 1)); // Pareto, infinite variance
    }
    const arrival = atUs + delay;
    const stall = path.stalls?.find(({ fromUs, toUs }) => arrival >= fromUs && arrival < toUs);
    return stall?.toUs ?? arrival;
  };
  const later = (atUs: number | undefined, run: (atUs: number) => void) => {
    if (atUs !== undefined) pending.push({ atUs, run });
  };
  const probe = (atUs: number) => {
    const dueUs = Math.max(atUs, schedule.dueNs / 1000);
    if (sent >= (scenario.maxProbes ?? Infinity)) return;
    if (dueUs > atUs || client.isAsleep(atUs)) return later(Math.max(dueUs, atUs + 1000), probe);
    checkStep("client", atUs);
    if (schedule.isBetweenBursts && hasBurst) {
      const isAnswered = answered > answeredBefore;
      schedule.judge(
        !isAnswered ? "unanswered" : isQuiet(estimator.current) ? "quiet" : "surprise",
      );
      answeredBefore = answered;
      hasBurst = false;
      if (schedule.dueNs / 1000 > atUs) return later(schedule.dueNs / 1000, probe);
    }
    schedule.sent(atUs * 1000);
    hasBurst = true;
    sent++;
    later(Math.max(atUs + 1, Math.min(schedule.dueNs / 1000, atUs + SECOND_US)), probe);
    const t1 = client.wallUs(atUs);
    const stepsAtT1 = client.watch.steps;
    later(travel(atUs, true), (t2AtUs) => {
      if (server.isAsleep(t2AtUs)) return;
      checkStep("server", t2AtUs);
      const t2 = server.wallUs(t2AtUs);
      const serverSteps = server.watch.steps;
      later(t2AtUs + 5 + 20 * random(), (t3AtUs) => {
        checkStep("server", t3AtUs);
        if (server.watch.steps !== serverSteps) return;
        const t3 = server.wallUs(t3AtUs);
        later(travel(t3AtUs, false), (t4AtUs) => {
          if (client.isAsleep(t4AtUs)) return;
          checkStep("client", t4AtUs);
          if (client.watch.steps !== stepsAtT1) return;
          const t4 = client.wallUs(t4AtUs);
          answered++;
          estimator.addProbe({ t1, t2, t3, t4, clientSteps: stepsAtT1, serverSteps });
          checkStep("client", t4AtUs);
        });
      });
    });
  };
  /** A client takes a timestamp; it looks at its own clock only. */
  const remember = (atUs: number) => {
    if (client.isAsleep(atUs)) return;
    checkStep("client", atUs);
    past.push({
      clientUs: client.wallUs(atUs),
      clientSteps: client.watch.steps,
      truthUs: server.offsetUs(atUs) - client.offsetUs(atUs),
      truthPpm: server.ratePpm(atUs) - client.ratePpm(atUs),
      atUs,
    });
    if (past.length > LOOK_BACK) past.shift();
  };
  const lookAround = (atUs: number) => {
    later(atUs + LOOK_EVERY_US, lookAround);
    later(atUs + LOOK_EVERY_US * random(), remember);
    if (client.isAsleep(atUs) || server.isAsleep(atUs)) return;
    checkStep("client", atUs);
    checkStep("server", atUs);
    const clientUs = client.wallUs(atUs);
    const truthUs = server.offsetUs(atUs) - client.offsetUs(atUs);
    const truthPpm = server.ratePpm(atUs) - client.ratePpm(atUs);
    const now = estimator.estimateAt(clientUs);
    if (now !== undefined) look({ atUs, clientUs, truthUs, truthPpm, estimate: now, agoUs: 0 });
    // Some moment of the last minute and a half; after a step every one of the last seconds.
    const at = Math.floor(random() * past.length);
    const asked = estimator.current.start.id === lookedAt
      ? past.slice(at, at + 1)
      : past.slice(-20);
    lookedAt = estimator.current.start.id;
    for (const then of asked) {
      if (then.atUs > serverCheckedUs) continue;
      const estimate = estimator.estimateAt(then.clientUs, then.clientSteps);
      if (estimate !== undefined) look({ ...then, estimate, agoUs: atUs - then.atUs });
    }
  };
  later(0, lookAround);
  later(0, probe);
  for (;;) {
    let first = 0;
    for (let at = 1; at < pending.length; at++) {
      if ((pending[at] as Event).atUs < (pending[first] as Event).atUs) first = at;
    }
    const event = pending[first];
    if (event === undefined || event.atUs > lengthUs) return { sent, answered };
    pending[first] = pending.at(-1) as Event;
    pending.pop();
    event.run(event.atUs);
  }
}
