import { answerRequests } from "../../../lib/timer/answer_requests.ts";
import { KeepWatch } from "../../../lib/timer/keep_watch.ts";
import { NO_GAP, REPLY_BYTES, timerService, UUID_BYTES } from "../../../lib/timer/protocol.ts";
import { takeLeave } from "../../../lib/timer/take_leave.ts";
import type { Clock } from "../../../lib/clock/clock.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import type { FrameView } from "../../../lib/transport/frame_view.ts";
import { listen } from "../../../lib/transport/listen.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { Address } from "../../../lib/transport/network.ts";
import type { Random } from "../../random.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { idOf } from "./timer_oracle.ts";

type Client = Connection<typeof timerService.kinds>;

/** What a server has seen, and what outlives it. */
export class TimerServer {
  /** Gap before each request, by the server's clock: by run and number of the request. */
  readonly gaps = new Map<string, number>();
  /** Whether it loses, doubles, delays and invents answers, as others may. */
  readonly isStrange: boolean;
  budget = new MemoryBudget(8 * 1024 * 1024);
  readonly #sim: Sim;
  readonly #address: Address;
  #leave: (() => Promise<void>) | undefined;

  constructor(sim: Sim, address: Address) {
    this.#sim = sim;
    this.#address = address;
    this.isStrange = sim.stream("server").oneIn(3);
  }

  /** As `tram timer serve` does. */
  boot(process: SimProcess): void {
    const sim = this.#sim;
    const { network } = process;
    const clock = sim.hasBug("gap-by-wall") ? byWall(process.clock) : process.clock;
    const watch = new KeepWatch(process.clock);
    const budget = this.budget = new MemoryBudget(8 * 1024 * 1024);
    const random = sim.stream(`server ${sim.clock.monotonicNs()}`);
    const options = { ...this.#address, network, clock: process.clock, budget };
    const server = listen(
      timerService,
      { ...options, tokens: undefined, insecure: true },
      (client) => {
        watch.while(sim.hasBug("watches-for-ever") ? NEVER_CLOSED : client);
        const answer = this.isStrange
          ? strangeAnswers(client, process.clock, random)
          : answerRequests(client, clock, watch.stopWatch);
        let previousNs: number | undefined;
        return {
          request: (view) => {
            const nowNs = process.clock.monotonicNs();
            const { run, sequence } = idOf(view);
            const gapNs = previousNs === undefined ? NO_GAP : nowNs - previousNs;
            this.gaps.set(`${run} ${sequence}`, gapNs);
            previousNs = nowNs;
            answer(view);
            if (!sim.hasBug("answers-twice") || this.isStrange || !random.oneIn(50)) return;
            const again = new Uint8Array(REPLY_BYTES);
            again.set(view.copy(0, UUID_BYTES));
            client.send(timerService.kinds.reply, again);
          },
        };
      },
    );
    this.#leave = async () => {
      await takeLeave(server, process.clock);
      await server.close();
    };
  }

  /** As an interrupt and a new start do: for a moment nobody is there. */
  pause(machine: SimMachine): void {
    const { process } = machine;
    if (process.isDead) return;
    process.enter(() => {
      void this.leave().then(() => process.clock.after(300, () => void machine.start()));
    });
  }

  /** As an interrupt does. */
  async leave(): Promise<void> {
    await this.#leave?.();
  }
}

/** A server that is not ours, or ours behind something that does such things. */
function strangeAnswers(client: Client, clock: Clock, random: Random): (view: FrameView) => void {
  let previousNs: number | undefined;
  return (view) => {
    const nowNs = clock.monotonicNs();
    const reply = new Uint8Array(REPLY_BYTES);
    reply.set(view.copy(0, UUID_BYTES));
    const data = new DataView(reply.buffer);
    data.setBigInt64(UUID_BYTES, BigInt(previousNs === undefined ? NO_GAP : nowNs - previousNs));
    previousNs = nowNs;
    const send = (bytes: Uint8Array) => {
      const ms = random.oneIn(3) ? random.below(random.pick([20, 400, 3000])) : 0;
      clock.after(ms, () => void client.send(timerService.kinds.reply, bytes));
    };
    if (!random.oneIn(20)) send(reply);
    if (random.oneIn(20)) send(reply);
    if (!random.oneIn(50)) return;
    const other = reply.slice();
    other[15] = random.below(256);
    const at = random.oneIn(2) ? 0 : 12;
    other[at] = (other[at] ?? 0) ^ 0xff; // another run, or a number that is far away
    send(other);
  };
}

function byWall(clock: Clock): Clock {
  const base = clock.wallUs() * 1000 - clock.monotonicNs();
  return { ...clock, monotonicNs: () => clock.wallUs() * 1000 - base };
}

const NEVER_CLOSED = { closed: new Promise(() => {}) } as unknown as Client;
