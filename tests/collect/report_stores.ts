/** Stores for tests of what reads them. */
import type { ClientReport, NotedEstimate } from "../../lib/collect/store/client_report.ts";
import type { CollectStore } from "../../lib/collect/store/collect_store.ts";
import { MemoryStore } from "../../lib/collect/store/memory_store.ts";

/** An estimate without anything to say against it. */
export const GOOD_ESTIMATE: NotedEstimate = {
  atUs: 1_000_000_000,
  offsetUs: -2500.4,
  boundUs: 210.2,
  frequencyPpm: 12.3456,
  delayUs: 400,
  probes: 8,
  verdictJson: '{"trust":"ok","reasons":[{"kind":"asymmetry","upToUs":200}]}',
};

/** One run of a client, to be put into a store. */
export interface StoredRun {
  readonly clientId: string;
  /** Unique id. */
  readonly session: string;
  /** Wall time of the server, in microseconds, for the first and the last sample. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Samples that are stored. @default {2} */
  readonly count?: number;
  /** Samples that are lost before the last one. @default {0} */
  readonly lost?: number;
  /** Whether it said which sample was the last. @default {true} */
  readonly isEnded?: boolean;
  readonly estimate?: NotedEstimate | undefined;
  readonly steps?: ClientReport["sessions"][number]["steps"];
}

/** Puts runs into a store. */
export async function storeRuns(store: CollectStore, runs: readonly StoredRun[]): Promise<void> {
  for (const run of runs) {
    const { clientId, session, fromUs, toUs, count = 2, lost = 0, estimate, steps = [] } = run;
    const { isEnded = true } = run;
    await store.open(session, new Uint8Array(32), { clientId, tokenName: "" });
    for (let i = 1; i <= count; i++) {
      const isLast = i === count;
      const receivedUs = Math.round(fromUs + (toUs - fromUs) * (i - 1) / Math.max(1, count - 1));
      await store.append({
        session,
        firstSequence: isLast ? i + lost : i,
        timesUs: Float64Array.of(receivedUs - 100),
        receivedUs,
        correction: estimate,
      });
    }
    for (const step of steps) await store.noteStep({ ...step, session });
    if (estimate !== undefined) await store.noteEstimate(session, estimate);
    if (isEnded) await store.noteEnd(session, count + lost);
  }
}

/** A store in memory with these runs. */
export async function storeWith(...runs: readonly StoredRun[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await storeRuns(store, runs);
  return store;
}
