/** Bugs of collect that are put in on purpose, and the wrappers that put them in. */
import type { Clock } from "../../../lib/clock/clock.ts";
import type { ClientReport } from "../../../lib/collect/store/client_report.ts";
import type {
  CollectStore,
  ExportedSample,
  ReportFilter,
} from "../../../lib/collect/store/collect_store.ts";
import { MemoryStore } from "../../../lib/collect/store/memory_store.ts";
import type { AppendResult, SampleBatch } from "../../../lib/collect/store/sample_batch.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import type { Outbox } from "../../../lib/transport/session/outbox.ts";
import type { DeliberateBug } from "../core/scenario.ts";
import type { Sim } from "../core/sim.ts";
import { DiskStore } from "./disk_store.ts";

/** All of them. */
export const COLLECT_BUGS = [
  {
    name: "early-ack",
    what: "the store says that samples are there before they are committed",
    breaks: "kept",
  },
  { name: "unsynced-spool", what: "the spool is not synced before samples leave", breaks: "kept" },
  {
    name: "forgetful-resume",
    what: "a client that resumes takes the first three samples for sent",
    breaks: "kept",
  },
  {
    name: "no-key",
    what: "the table of samples has no key, equal times are all in it",
    breaks: "once",
  },
  { name: "stored-repeats", what: "what is sent again is stored again", breaks: "once" },
  { name: "swapped-samples", what: "a client swaps two samples of a frame", breaks: "order" },
  { name: "reversed-batch", what: "the store writes a batch from its end", breaks: "order" },
  { name: "endless-queue", what: "a client's queue has no limit", breaks: "memory" },
  { name: "leaking-budget", what: "the server gives no buffer back", breaks: "memory" },
  { name: "deaf-client", what: "acknowledgements do not wake the sender", breaks: "ends" },
  { name: "endless-look", what: "a server that has ended looks at its clock", breaks: "ends" },
  {
    name: "half-bound",
    what: "bounds of samples are half of what they should be",
    breaks: "bounds",
  },
  { name: "unseen-steps", what: "clients do not see that their clock was set", breaks: "bounds" },
  { name: "uncounted-loss", what: "the report leaves out what was lost", breaks: "oracle" },
  { name: "equal-as-stored", what: "equal samples are counted as stored", breaks: "oracle" },
  { name: "unheard-failure", what: "nobody looks at a commit that failed", breaks: "quiet" },
] as const satisfies readonly DeliberateBug[];

/** Name of one of them. */
export type CollectBug = typeof COLLECT_BUGS[number]["name"];

/** Which bugs are switched on. */
export type HasBug = (name: CollectBug) => boolean;

/** For scenarios: which bugs are switched on. */
export function bugsOf(sim: Sim): HasBug {
  return (name) => sim.hasBug(name);
}

/** What is on the disk. */
export function makeContent(has: HasBug): CollectStore {
  if (has("no-key")) return new KeylessStore("equal");
  if (has("stored-repeats")) return new KeylessStore("repeated");
  if (has("reversed-batch")) return new ReversingStore();
  if (has("uncounted-loss") || has("equal-as-stored")) return new MiscountingStore(has);
  return new MemoryStore();
}

/** The store as a server has it. */
export function makeStore(
  ...[process, disk, has]: [...ConstructorParameters<typeof DiskStore>, HasBug]
): DiskStore {
  if (has("early-ack")) return new HastyStore(process, disk);
  if (has("half-bound")) return new OptimisticStore(process, disk);
  if (has("unheard-failure")) return new CarelessStore(process, disk);
  return new DiskStore(process, disk);
}

/** Buffers of the server. */
export function makeBudget(limitBytes: number, has: HasBug): MemoryBudget {
  return has("leaking-budget") ? new LeakingBudget(limitBytes) : new MemoryBudget(limitBytes);
}

/** The clock of a client's process. */
export function makeClock(clock: Clock, has: HasBug): Clock {
  if (!has("unseen-steps")) return clock;
  return { ...clock, monotonicNs: () => clock.wallUs() * 1000 };
}

/** What is sent from. */
export function makeOutbox<T>(outbox: Outbox<T>, has: HasBug): Outbox<T> {
  if (!has("swapped-samples")) return outbox;
  const swapped = (at: number) => outbox.unsent > 1 && at < 2 ? 1 - at : at;
  return {
    peek: (at = 0) => outbox.peek(swapped(at)),
    peekSequence: (at = 0) => outbox.peekSequence(at),
    advance: (count?: number) => outbox.advance(count),
  } as Outbox<T>;
}

/** Changes how a client resumes. */
export function spoilOutbox(outbox: Outbox<unknown>, has: HasBug): void {
  if (!has("forgetful-resume")) return;
  const resumeFrom = outbox.resumeFrom.bind(outbox);
  outbox.resumeFrom = (highestSequence) => {
    const isGood = resumeFrom(highestSequence);
    outbox.advance(Math.min(3, outbox.unsent));
    return isGood;
  };
}

class HastyStore extends DiskStore {
  override append(batch: SampleBatch): Promise<AppendResult> {
    const stored = batch.timesUs.length;
    const highestSequence = batch.firstSequence + stored - 1;
    super.append(batch).catch(() => {});
    return Promise.resolve({ highestSequence, stored, equal: 0, repeated: 0 });
  }
}

class CarelessStore extends DiskStore {
  override append(batch: SampleBatch): Promise<AppendResult> {
    const appended = super.append(batch);
    appended.then(() => {});
    return appended;
  }
}

class OptimisticStore extends DiskStore {
  override append(batch: SampleBatch): Promise<AppendResult> {
    const { correction } = batch;
    if (correction === undefined) return super.append(batch);
    const boundUs = correction.boundUs / 2;
    return super.append({ ...batch, correction: { ...correction, boundUs } });
  }
}

class ReversingStore extends MemoryStore {
  override append(batch: SampleBatch): Promise<AppendResult> {
    return super.append({ ...batch, timesUs: batch.timesUs.toReversed() });
  }
}

class MiscountingStore extends MemoryStore {
  readonly #has: HasBug;

  constructor(has: HasBug) {
    super();
    this.#has = has;
  }

  override async report(filter?: ReportFilter): Promise<ClientReport[]> {
    return (await super.report(filter)).map((client) => ({
      ...client,
      sessions: client.sessions.map((session) => {
        const { stored, equal, lost, sent } = session;
        return this.#has("uncounted-loss")
          ? { ...session, sent: sent - lost, lost: 0 }
          : { ...session, stored: stored + equal, equal: 0 };
      }),
    }));
  }
}

/** Also has the samples that should not be there. */
class KeylessStore extends MemoryStore {
  readonly #which: "equal" | "repeated";
  readonly #clients = new Map<string, string>();
  readonly #more: { readonly clientId: string; readonly timeUs: number }[] = [];

  constructor(which: "equal" | "repeated") {
    super();
    this.#which = which;
  }

  override open(...[session, cookie, owner]: Parameters<MemoryStore["open"]>): Promise<void> {
    this.#clients.set(session, owner.clientId);
    return super.open(session, cookie, owner);
  }

  override async append(batch: SampleBatch): Promise<AppendResult> {
    const result = await super.append(batch);
    const { repeated, equal } = result;
    const clientId = this.#clients.get(batch.session) ?? "";
    const times = this.#which === "repeated"
      ? batch.timesUs.subarray(0, repeated)
      : equal > 0
      ? batch.timesUs.subarray(repeated)
      : [];
    for (const timeUs of times) this.#more.push({ clientId, timeUs });
    return result;
  }

  override async *export(): AsyncIterable<readonly ExportedSample[]> {
    for await (const page of super.export()) {
      yield page.flatMap((sample) => {
        const isTwice = this.#more.some(({ clientId, timeUs }) =>
          clientId === sample.clientId && timeUs === sample.timeUs
        );
        return isTwice ? [sample, sample] : [sample];
      });
    }
  }
}

class LeakingBudget extends MemoryBudget {
  override give(): void {}
}
