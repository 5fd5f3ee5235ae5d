import { ticks } from "../../../lib/clock/schedule.ts";
import { type EstimateNotice, readEstimate } from "../../../lib/collect/messages.ts";
import { collectService } from "../../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../../lib/collect/sample_sender.ts";
import { openMemory, type SenderMemory } from "../../../lib/collect/sender_memory.ts";
import type { TramContext } from "../../../lib/context.ts";
import type { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { keepSession } from "../../../lib/transport/session/keep_session.ts";
import { SimStateFiles } from "../chat/sim_state_files.ts";
import type { Sim } from "../core/sim.ts";
import type { SimMachine } from "../core/sim_machine.ts";
import type { SimProcess } from "../core/sim_process.ts";
import { ClockTruth } from "./clock_truth.ts";
import { bugsOf, makeBudget, makeClock, makeOutbox, spoilOutbox } from "./collect_bugs.ts";
import type { SampleBook, SessionBook } from "./sample_book.ts";
import { BUDGET_BYTES, SERVER_ADDRESS, type SimServer } from "./sim_server.ts";

/** How a client is. */
export interface ClientPlan {
  readonly name: string;
  readonly intervalMs: number;
  /** Samples that may wait. */
  readonly maxEntries: number;
  readonly hasSpool: boolean;
}

/** What runs now. */
interface Running {
  readonly process: SimProcess;
  readonly memory: SenderMemory;
  readonly sender: SampleSender;
  readonly budget: MemoryBudget;
  readonly stopSampling: () => void;
  readonly hangUp: () => void;
  readonly done: Promise<void>;
}

/** A client of collect, as `tram collect send` runs it. */
export class SimClient {
  readonly plan: ClientPlan;
  readonly files: SimStateFiles;
  machine!: SimMachine;
  running: Running | undefined;
  readonly #sim: Sim;
  readonly #server: SimServer;
  readonly #serverMachine: SimMachine;
  readonly #books: SampleBook;
  /** The session that a spool goes on with. */
  #book: SessionBook | undefined;
  #isSampling = true;

  constructor(
    sim: Sim,
    plan: ClientPlan,
    server: { readonly program: SimServer; readonly machine: SimMachine },
    books: SampleBook,
  ) {
    this.#sim = sim;
    this.plan = plan;
    this.#server = server.program;
    this.#serverMachine = server.machine;
    this.#books = books;
    const files = sim.stream(`files of ${plan.name}`);
    this.files = new SimStateFiles(files, sim.hasBug("unsynced-spool"));
  }

  /** Starts it. */
  boot(process: SimProcess): void {
    this.running = undefined;
    this.#run(process).catch((error) => {
      this.#sim.fail("quiet", `${this.plan.name} has failed: ${error.stack ?? error}`);
    });
  }

  /** What waits for its acknowledgement. */
  get waiting(): number {
    return this.running?.sender.waiting ?? 0;
  }

  /** What is true of its clock. */
  get truth(): ClockTruth {
    return new ClockTruth(this.machine.clock, this.#serverMachine.clock, this.#server.seen);
  }

  /** No more samples from now on, also after a restart. */
  stopSampling(): void {
    this.#isSampling = false;
    this.running?.stopSampling();
  }

  /** Whether it runs, everything is acknowledged, and it knows how far its clock is off. */
  get isQuiet(): boolean {
    return this.running !== undefined && this.waiting === 0 &&
      this.running.sender.estimate !== undefined;
  }

  /** Leaves in good order. */
  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    if (!this.plan.hasSpool) {
      running.sender.end();
      if (this.#book !== undefined) this.#book.hasEnded = true;
    }
    running.hangUp();
    await running.done;
    await running.memory[Symbol.asyncDispose]();
  }

  async #run(process: SimProcess): Promise<void> {
    const { name, intervalMs, maxEntries, hasSpool } = this.plan;
    const sim = this.#sim;
    const has = bugsOf(sim);
    const clock = makeClock(process.clock, has);
    const context = {
      hostName: () => name,
      stateFiles: () => Promise.resolve(this.files.forProcess(process)),
      process: { stderr: { write: () => sim.count("torn spools") } },
    } as unknown as TramContext;
    const memory = await openMemory(context, {
      ...SERVER_ADDRESS,
      id: name,
      queue: has("endless-queue") ? Infinity : maxEntries,
      ...(hasSpool && { spool: "spool" }),
    });
    const { state } = memory;
    const book = this.#openBook(state);
    this.#listenTo(state, book);
    spoilOutbox(state.outbox, has);
    const sender = new SampleSender(clock, state, memory.steps, memory.noteSteps);
    const budget = makeBudget(BUDGET_BYTES, () => false);
    const isStopped = new AbortController();
    const random = sim.stream(`pauses of ${name} from ${clock.monotonicNs()}`);
    const kept = keepSession({
      service: collectService,
      dial: {
        ...SERVER_ADDRESS,
        clientId: memory.clientId,
        timeoutMs: 5000,
        network: process.network,
        budget,
      },
      clock: process.clock,
      signal: isStopped.signal,
      random: () => random.uint32() / 2 ** 32,
      state,
      handlersFor: (connection) => {
        const handlers = sender.handlersFor(connection);
        return {
          ...handlers,
          estimate: (view) => {
            this.#checkEstimate(readEstimate(view));
            handlers.estimate?.(view);
          },
        };
      },
      onReady: (connection) => {
        const { session, highestSequence } = connection.terms;
        sim.check("oracle", (book.session ?? session) === session, () => {
          return `${name} has lost session ${book.session}, which the server should know`;
        });
        book.session = session;
        this.#checkAcknowledged(book, Number(highestSequence));
        sender.ready(connection, () => has("deaf-client") || kept.wake());
      },
      send: (connection, outbox) => {
        const result = sender.send(connection, makeOutbox(outbox, has));
        book.sent = Math.max(book.sent, state.outbox.sentSequence);
        return result;
      },
      onWait: (delayMs, because) => {
        const why = because.message || because.code;
        sim.note(`${name} tries again in ${Math.round(delayMs)} ms: ${why}`);
      },
    });
    const done = kept.done.then(({ code, message }) => {
      sim.check("ends", isStopped.signal.aborted, `${name} has given up: ${code} ${message}`);
    }, (error) => {
      sim.check("ends", isStopped.signal.aborted, `${name} has given up: ${error}`);
    });
    const stop = new AbortController();
    const stopSampling = () => stop.abort();
    const hangUp = () => isStopped.abort(new DOMException("done", "AbortError"));
    this.running = { process, memory, sender, budget, stopSampling, hangUp, done };
    if (!this.#isSampling) return;
    for await (
      const tick of ticks(process.clock, { intervalNs: intervalMs * 1e6, signal: stop.signal })
    ) {
      if (tick.missed > 0) sim.count("ticks missed", tick.missed);
      sender.sample();
    }
  }

  /** The plain list that goes with a state. */
  #openBook(state: SenderMemory["state"]): SessionBook {
    const { name, hasSpool } = this.plan;
    const sim = this.#sim;
    const { lastSequence } = state.outbox;
    const before = hasSpool ? this.#book : undefined;
    const book = this.#book = before ?? this.#books.begin(name);
    sim.check("kept", book.sent <= lastSequence, () => {
      return `the spool of ${name} ends with ${lastSequence}, and ${book.sent} was sent`;
    });
    const gone = book.taken.splice(lastSequence).length;
    if (before !== undefined) {
      sim.note(`${name} goes on with its spool: ${state.outbox.size} wait, ${gone} are gone`);
      sim.count("spools opened again");
      sim.count("samples found in spools", state.outbox.size);
    }
    sim.check("oracle", book.taken.length === lastSequence, () => {
      return `the spool of ${name} ends with ${lastSequence}, and ${book.taken.length} were taken`;
    });
    return book;
  }

  /** Notes what is added and what is acknowledged. */
  #listenTo(state: SenderMemory["state"], book: SessionBook): void {
    const sim = this.#sim;
    const { outbox } = state;
    const add = state.add.bind(state);
    const acknowledged = state.acknowledged.bind(state);
    const oldest = () => outbox.entries().next().value?.sequence ?? outbox.lastSequence + 1;
    let first = oldest();
    state.add = (sample: Sample) => {
      first = Math.max(first, oldest());
      const { dropped } = outbox;
      const sequence = add(sample);
      book.taken.push({ timeUs: sample.timeUs, nowNs: sim.clock.monotonicNs() });
      sim.count("samples taken");
      if (outbox.dropped > dropped) {
        sim.count("samples dropped");
        for (; first < oldest(); first++) book.dropped.add(first);
      }
      sim.check("oracle", sequence === book.taken.length, () => {
        return `sample ${book.taken.length} of ${this.plan.name} has the number ${sequence}`;
      });
      return sequence;
    };
    state.acknowledged = (upTo: number) => {
      this.#checkAcknowledged(book, upTo);
      return acknowledged(upTo);
    };
  }

  #checkAcknowledged(book: SessionBook, upTo: number): void {
    const { name } = this.plan;
    const committed = this.#server.committed.get(book.session ?? "") ?? 0;
    this.#sim.check("kept", upTo <= committed, () => {
      return `${name} is told that ${upTo} is stored; on the disk is up to ${committed}`;
    });
    this.#sim.check("order", upTo >= book.acknowledged, () => {
      return `${name} is told that ${upTo} is stored, after ${book.acknowledged}`;
    });
    book.acknowledged = Math.max(book.acknowledged, upTo);
  }

  #checkEstimate({ atUs, offsetUs, boundUs }: EstimateNotice): void {
    const claim = { atUs, offsetUs, boundUs: boundUs + 1 };
    const errorUs = this.truth.errorOf(claim);
    this.#sim.count("estimates told");
    this.#sim.check("bounds", errorUs === 0, () => {
      return `${this.plan.name} is told that its clock is off by ${offsetUs} +- ${boundUs} us at ` +
        `${atUs}; true is ${this.truth.offsetsAt(atUs)}, ${Math.round(errorUs)} us beyond`;
    });
  }
}
