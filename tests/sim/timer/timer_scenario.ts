import { prepareHistograms } from "../../../lib/timer/histogram.ts";
import type { FaultKind } from "../core/fault.ts";
import type { DeliberateBug, Scenario } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { TimerClient } from "./timer_client.ts";
import { TimerServer } from "./timer_server.ts";

const FAULTS_MS = 8000;

const ADDRESS = { host: "127.0.0.1", port: 7780 } as const;

const KINDS: readonly FaultKind[] = [
  ...["cut", "vanish", "stall", "part", "slow-line", "freeze", "step", "drift"] as const,
  ...["kill", "power", "freeze", "step"] as const,
];

/** The bugs that this scenario knows. */
const BUGS: readonly DeliberateBug[] = [
  { name: "answers-twice", what: "the server answers some requests twice", breaks: "once" },
  { name: "gap-by-wall", what: "the server takes gaps by a clock that is set", breaks: "bounds" },
  {
    name: "measures-by-wall",
    what: "the client measures by a clock that is set",
    breaks: "bounds",
  },
  { name: "too-patient", what: "what comes too late counts as in time", breaks: "bounds" },
  { name: "forgets-answers", what: "the client takes each answer for the first", breaks: "once" },
  { name: "drops-replies", what: "the client overlooks some answers", breaks: "oracle" },
  {
    name: "swaps-replies",
    what: "the client takes some answers after later ones",
    breaks: "order",
  },
  { name: "in-flight-exceeded", what: "more is under way than allowed", breaks: "memory" },
  { name: "watches-for-ever", what: "the server watches when nobody is there", breaks: "ends" },
];

/** Servers and clients of `timer`, and servers that are not ours. */
export const timerScenario: Scenario = {
  name: "timer",
  about:
    "`timer serve`, or a server that loses and doubles, and two who `timer ping` again and again",
  menus: [
    { machine: "server", kinds: KINDS, weight: 2 },
    { machine: "c1", kinds: KINDS },
    { machine: "c2", kinds: KINDS },
  ],
  faultsMs: FAULTS_MS,
  bugs: BUGS,
  async run(sim) {
    await prepareHistograms();
    await play(sim);
  },
};

async function play(sim: Sim): Promise<void> {
  const random = sim.stream("machines");
  const server = new TimerServer(sim, ADDRESS);
  const ppm = () => random.between(-100, 100);
  const serverUs = random.below(5000);
  const serverMachine = sim.machine({
    name: "server",
    ppm: ppm(),
    path: { delayUs: serverUs, jitterUs: random.below(2000) },
    boot: (process) => server.boot(process),
  });
  sim.watch("buffers of the server", 4 * 1024 * 1024, () => server.budget.usedBytes);
  const clients = ["c1", "c2"].map((name) => {
    const delayUs = random.below(20_000);
    const leastNs = (delayUs + serverUs / 4 + serverUs + delayUs / 4) * 1000;
    const client = new TimerClient(sim, name, ADDRESS, server, leastNs);
    const machine = sim.machine({
      name,
      ppm: ppm(),
      path: { delayUs, jitterUs: random.below(3000) },
      boot: (process) => client.boot(process),
    });
    sim.watch(`requests under way at ${name}`, 0, () => client.inFlight() - client.mostInFlight);
    return { client, machine };
  });
  await serverMachine.start();
  for (const { machine } of clients) await machine.start();
  if (random.oneIn(2)) {
    sim.clock.after(random.below(FAULTS_MS - 2000), () => {
      sim.note("the server is told to leave, and starts again");
      server.pause(serverMachine);
    });
  }
  await sim.play(FAULTS_MS);
  for (const { client } of clients) client.isCalm = true;
  const isDone = () => clients.every(({ client }) => client.isDone);
  if (!await sim.until(isDone, "the last runs", 200_000)) return;
  await sim.done(server.leave(), "the server leaves");
  await sim.advanceTo(sim.clock.monotonicNs() / 1e6 + 6000);
  for (const { budget } of [server, ...clients.map(({ client }) => client)]) {
    sim.check("ends", budget.usedBytes === 0, () => `${budget.usedBytes} bytes are in use`);
  }
  sim.check(
    "ends",
    sim.clock.pendingTimers === 0,
    () => `${sim.clock.pendingTimers} timers are left`,
  );
}
