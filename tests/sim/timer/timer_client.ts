import type { AnswerBook } from "../../../lib/timer/answer_book.ts";
import { clockPacer } from "../../../lib/clock/pacer.ts";
import type { Clock } from "../../../lib/clock/clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import type { Answer } from "../../../lib/timer/load_client.ts";
import { waits } from "../../../lib/timer/measurement.ts";
import type { PingLine } from "../../../lib/timer/ping_lines.ts";
import { pingResult } from "../../../lib/timer/ping_result.ts";
import { PingRun } from "../../../lib/timer/ping_run.ts";
import { NO_GAP, timerClientService, UUID_BYTES } from "../../../lib/timer/protocol.ts";
import type { CloseReport } from "../../../lib/transport/close_report.ts";
import { dial } from "../../../lib/transport/dial.ts";
import type { FrameView } from "../../../lib/transport/frame_view.ts";
import { LineError } from "../../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { Address } from "../../../lib/transport/network.ts";
import type { Random } from "../../random.ts";
import type { Sim } from "../core/sim.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { compareCounts, idOf, LineOracle } from "./timer_oracle.ts";
import type { TimerServer } from "./timer_server.ts";

/** What a run does. */
interface Work {
  readonly ratePerSecond: number | undefined;
  readonly clients: number;
  readonly inFlight: number;
  readonly timeoutMs: number;
  readonly count: number;
  readonly warmupNs: number;
  readonly sizeBytes: number;
}

/** Runs `timer ping`, one after the other, and checks what each says. */
export class TimerClient {
  /** Whether the faults are over: the run after the one that goes on now is the last. */
  isCalm = false;
  isDone = false;
  budget = new MemoryBudget(8 * 1024 * 1024);
  /** Requests that wait, and how many may. */
  inFlight = () => 0;
  mostInFlight = 0;
  readonly #sim: Sim;
  readonly #name: string;
  readonly #address: Address;
  readonly #server: TimerServer;
  /** Least time there and back, in nanoseconds. */
  readonly #leastNs: number;

  constructor(sim: Sim, name: string, address: Address, server: TimerServer, leastNs: number) {
    this.#sim = sim;
    this.#name = name;
    this.#address = address;
    this.#server = server;
    this.#leastNs = leastNs;
  }

  /** Begins. */
  boot(process: SimProcess): void {
    this.budget = new MemoryBudget(8 * 1024 * 1024);
    void this.#go(process);
  }

  async #go(process: SimProcess): Promise<void> {
    const random = this.#sim.stream(`${this.#name} ${this.#sim.clock.monotonicNs()}`);
    for (;;) {
      const isLast = this.isCalm;
      try {
        await this.#run(process, random, isLast);
        if (isLast) break;
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        this.#sim.check("quiet", error.isPassing, () => `${this.#name}: ${error.message}`);
        this.#sim.count("could not connect");
      }
      await sleep(process.clock, random.below(2000));
    }
    this.isDone = true;
  }

  /** One run. @throws {LineError} when it cannot connect */
  async #run(process: SimProcess, random: Random, isLast: boolean): Promise<void> {
    const sim = this.#sim;
    const { network } = process;
    const clock = sim.hasBug("measures-by-wall") ? byWall(process.clock) : process.clock;
    const work: Work = {
      ratePerSecond: random.oneIn(2) ? random.between(5, 120) : undefined,
      clients: random.between(1, 3),
      inFlight: random.pick([1, 4, 50]),
      timeoutMs: random.pick([200, 1000, 2500]),
      count: random.between(1, random.pick([20, 150])),
      warmupNs: random.oneIn(2) ? 0 : random.below(3e8),
      sizeBytes: random.pick([UUID_BYTES, 100, 3000]),
    };
    const { timeoutMs, inFlight, clients, ...load } = work;
    const oracles = Array.from({ length: clients }, () => new LineOracle(timeoutMs));
    const lines: PingLine[] = [];
    let listener: PingRun | undefined;
    let reason: CloseReport | undefined;
    const pending: (() => void)[] = [];
    const tell = (what: (run: PingRun) => void) => {
      if (listener !== undefined) what(listener);
      else pending.push(() => listener && what(listener));
    };
    const runs = new Set<string>();
    let held: { readonly index: number; readonly view: FrameView } | undefined;
    const reply = (index: number, view: FrameView) => {
      const { run, sequence } = idOf(view);
      const isOurs = this.#server.gaps.has(`${run} ${sequence}`);
      oracles[index]?.onReply(sequence, isOurs, process.clock.monotonicNs());
      runs.add(run);
      const isBad = !this.#server.isStrange && random.oneIn(100);
      if (isBad && sim.hasBug("drops-replies")) return;
      if (isBad && sim.hasBug("swaps-replies")) return void (held = { index, view: kept(view) });
      listener?.onReply(index, view);
      if (held?.index !== index) return;
      listener?.onReply(index, held.view);
      held = undefined;
    };
    try {
      for (let index = 0; index < clients; index++) {
        const { budget } = this;
        const options = {
          ...this.#address,
          network,
          clock: process.clock,
          budget,
          timeoutMs: 3000,
        };
        const line: PingLine = await dial(
          timerClientService,
          { ...options, clientId: this.#name, tokenUse: "if-asked" },
          () => ({
            reply: (view) => reply(index, view),
            stopped: (view) => listener?.onServerStopped(view.getSafeInt64(0)),
            leaving: () => tell((run) => run.onServerLeaving()),
          }),
        );
        lines.push(line);
        line.closed.then((report) => {
          if (report.by !== "here" || report.code !== "done") reason ??= report;
          tell((run) => run.onLineLost());
        });
      }
    } catch (error) {
      await Promise.all(lines.map((line) => line.close()));
      throw error;
    }
    const run = listener = new PingRun({
      clock,
      pacer: clockPacer(clock),
      load: { ...load, clients, durationNs: 60e9 },
      inFlight: sim.hasBug("in-flight-exceeded") ? inFlight + 5 : inFlight,
      timeoutMs: sim.hasBug("too-patient") ? 1e9 : timeoutMs,
      sizeBytes: work.sizeBytes,
      sliced: false,
      connections: lines.map((line, index) => watched(line, oracles[index], process.clock)),
      onAnswer: (answer) => this.#checkAnswer(answer, timeoutMs, [...runs]),
    });
    for (const { book } of sim.hasBug("forgets-answers") ? run.clients : []) forget(book);
    this.inFlight = () => run.clients.reduce((sum, { inFlight }) => sum + inFlight, 0);
    this.mostInFlight = clients * inFlight;
    for (const what of pending.splice(0)) what();
    const end = await run.start();
    const nowNs = process.clock.monotonicNs();
    this.inFlight = () => 0;
    const settings = { ...work, server: "" };
    const { counts } = pingResult({ settings, end, reason, run, nowNs });
    const { sent, answered, late, lost, duplicated, reordered, unanswered } = counts;
    const said = `${sent} sent, ${answered} answered, ${late} late, ${lost} lost, ` +
      `${unanswered} unanswered, ${duplicated} duplicated, ${reordered} reordered`;
    sim.note(`${this.#name}: ${end}: ${said}`);
    sim.count(`run ${end}`);
    for (const [name, count] of Object.entries(counts)) if (count > 0) sim.count(`some ${name}`);
    compareCounts(sim, this.#name, counts, oracles, nowNs);
    if (!this.#server.isStrange) {
      sim.check("once", duplicated === 0, `${this.#name}: ${duplicated} answers came twice`);
      sim.check("order", reordered === 0, `${this.#name}: ${reordered} answers overtook others`);
      const isWhole = end === "done" && answered === sent && late === 0;
      sim.check(
        "ends",
        !isLast || isWhole,
        () => `${this.#name}: all is well, and ${end}: ${said}`,
      );
    }
    run[Symbol.dispose]();
    await Promise.all(lines.map((line) => line.close()));
  }

  #checkAnswer(answer: Answer, timeoutMs: number, runs: readonly string[]): void {
    const sim = this.#sim;
    const { plannedNs, writtenNs, repliedNs, gapNs, sequence } = answer;
    const responseNs = repliedNs - plannedNs;
    const serviceNs = repliedNs - writtenNs;
    const { heldNs, latenessNs } = waits(answer);
    const isSum = responseNs === heldNs + latenessNs + serviceNs && responseNs >= serviceNs &&
      heldNs >= 0 && latenessNs >= 0;
    sim.check(
      "bounds",
      isSum,
      () => `response ${responseNs}, held ${heldNs}, late ${latenessNs}, service ${serviceNs}`,
    );
    sim.check(
      "bounds",
      serviceNs >= this.#leastNs * 0.999 && serviceNs <= timeoutMs * 1e6,
      () => `service ${serviceNs} ns: the way takes ${this.#leastNs}, the limit is ${timeoutMs} ms`,
    );
    const gaps = runs.map((run) => this.#server.gaps.get(`${run} ${sequence}`));
    sim.check(
      "bounds",
      gaps.includes(gapNs) || gapNs === NO_GAP && gaps.includes(NO_GAP),
      () => `a gap of ${gapNs} ns before request ${sequence}, and it were ${gaps.join(" or ")}`,
    );
  }
}

/** The line, with an oracle that sees each request. */
function watched(line: PingLine, oracle: LineOracle | undefined, clock: Clock): PingLine {
  return {
    get isOpen() {
      return line.isOpen;
    },
    reserve: (kind: Parameters<PingLine["reserve"]>[0], bytes: number) => {
      const writer = line.reserve(kind, bytes);
      if (writer !== undefined) oracle?.onRequest(clock.monotonicNs());
      return writer;
    },
    writable: (lane: "normal" | "bulk") => line.writable(lane),
    flush: () => line.flush(),
  } as unknown as PingLine;
}

/** A frame that stays. */
function kept(view: FrameView): FrameView {
  const data = new DataView(view.copy().slice().buffer);
  return {
    getUint32: (at: number) => data.getUint32(at),
    getSafeInt64: (at: number) => Number(data.getBigInt64(at)),
  } as unknown as FrameView;
}

/** Each answer is the first. */
function forget(book: AnswerBook): void {
  const { answer } = book;
  book.answer = (sequence) => {
    const is = answer.call(book, sequence);
    if (is !== "repeated") return is;
    book.duplicated--;
    book.answered++;
    return "first";
  };
}

function byWall(clock: Clock): Clock {
  const base = clock.wallUs() * 1000 - clock.monotonicNs();
  return { ...clock, monotonicNs: () => clock.wallUs() * 1000 - base };
}
