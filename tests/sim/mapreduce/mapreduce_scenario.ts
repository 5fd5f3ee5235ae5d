import type { Fault, FaultKind } from "../core/fault.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { MAPREDUCE_BUGS } from "./bugs.ts";
import { MapreduceWorld, WORKERS } from "./mapreduce_world.ts";

/** How long faults happen, in milliseconds. */
const FAULTS_MS = 30_000;

/** How long a job may take when all is well, in milliseconds of true time. */
const WELL_MS = 400_000;

/** What may be wrong with one worker for as long as the job lasts, and longer. */
const LASTING: readonly FaultKind[] = [
  ...["freeze", "part", "stall", "full-disk", "slow-line", "apart", "power"] as const,
];

/** The kinds for each worker. */
const KINDS: readonly FaultKind[] = [
  ...["kill", "power", "freeze", "apart", "full-disk", "slow-disk", "slow-line"] as const,
  ...["cut", "vanish", "stall", "part", "apart", "step", "drift", "kill"] as const,
];

/** A coordinator and workers, and a toy job whose output shows what is lost, doubled or out of order. */
export const mapreduceScenario: Scenario = {
  name: "mapreduce",
  about: "a job with 2 to 4 workers, and an operator who goes on with it when it has failed",
  menus: [
    {
      machine: "coordinator",
      kinds: [
        ...["kill", "power", "freeze", "slow-disk", "full-disk", "slow-line"] as const,
        ...["cut", "storm", "vanish", "stall", "part", "step", "drift", "power", "kill"] as const,
      ],
      weight: 3,
    },
    ...WORKERS.map((machine) => ({ machine, kinds: KINDS })),
  ],
  faultsMs: FAULTS_MS,
  bugs: MAPREDUCE_BUGS,
  async run(sim) {
    const world = new MapreduceWorld(sim);
    try {
      world.crowd(FAULTS_MS);
      await world.start();
      await sim.play(FAULTS_MS);
      await finish(sim, world);
    } finally {
      world.gauges.remove();
    }
  },
};

async function finish(sim: Sim, world: MapreduceWorld): Promise<void> {
  world.isCalm = true;
  const sick = await lasting(sim, world);
  const isEnded = await sim.until(() => world.end !== undefined, () => world.missing, WELL_MS);
  if (!isEnded) return;
  if (sick !== undefined) {
    // The others have gone home meanwhile.
    const hours = sim.stream("hours").between(0, 3);
    await sim.clock.advance(hours * 3_600_000);
    if (hours > 0) sim.count("back after hours");
    sim.note(`${sick.machine} is well again, after ${hours} hours`);
    await sim.machines.find(({ name }) => name === sick.machine)?.end(sick);
  }
  if (!await sim.until(() => world.isOver, () => world.missing, WELL_MS)) return;
  await sim.clock.advance(60_000);
  world.checkOutput();
  world.checkClean();
}

/** In some runs one worker does not get well: the others are enough. */
async function lasting(sim: Sim, world: MapreduceWorld): Promise<Fault | undefined> {
  const random = sim.stream("lasting");
  const crew = random.pick(world.crews.slice(0, 2));
  if (!random.oneIn(3) || crew.workers === 0 || world.work.fate !== "done") return undefined;
  const machine = crew.machine.name;
  const dice = random.uint32() / 2 ** 32;
  const fault: Fault = { atMs: FAULTS_MS, kind: random.pick(LASTING), machine, forMs: 1, dice };
  sim.note(`${machine} does not get well: ${fault.kind}`);
  sim.count(`lasting ${fault.kind}`);
  await crew.machine.begin(fault);
  return fault;
}
