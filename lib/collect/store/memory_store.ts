import { StoreError } from "../../store/store_error.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { SessionOwner } from "../../transport/server_handshake.ts";
import { checkBatch, checkEstimate, checkLast, checkStep, checkWhole } from "./checks.ts";
import {
  type ClientReport,
  MAX_REPORTED_STEPS,
  type NotedEstimate,
  type SessionReport,
  type SessionStep,
} from "./client_report.ts";
import type { CollectStore, ExportedSample, ExportFilter, ReportFilter } from "./collect_store.ts";
import { correctSample } from "./correct_sample.ts";
import { placeBatch } from "./place_batch.ts";
import type { AppendResult, SampleBatch } from "./sample_batch.ts";
import { strideFor } from "./thinning.ts";

/** Samples in a page. */
const PAGE_SAMPLES = 2000;

interface KeptSession extends SessionOwner {
  readonly session: string;
  readonly cookie: Secret;
  highestSequence: number;
  stored: number;
  equal: number;
  repeated: number;
  endSequence: number | undefined;
  firstSeenUs: number | undefined;
  lastSeenUs: number | undefined;
  correction: { readonly id: number; readonly values: string } | undefined;
  readonly steps: SessionStep[];
  estimates: { readonly number: number; readonly estimate: NotedEstimate }[];
}

/** A store that forgets everything with its process: for tests, and for `serve` without a file. */
export class MemoryStore implements CollectStore {
  /** While this is set, all writes reject with it. */
  trouble: StoreError | undefined;
  queuedSamples = 0;
  readonly #sessions = new Map<string, KeptSession>();
  readonly #samples = new Map<string, Map<number, ExportedSample>>();
  #newest: Promise<unknown> | undefined;
  #corrections = 0;
  #isClosed = false;

  find(
    session: string,
  ): Promise<{ readonly cookie: Secret; readonly highestSequence: bigint } | undefined> {
    return this.#read(() => {
      const found = this.#sessions.get(session);
      return found && {
        cookie: found.cookie.slice(),
        highestSequence: BigInt(found.highestSequence),
      };
    });
  }

  open(session: string, cookie: Secret, owner: SessionOwner): Promise<void> {
    return this.#write(() => {
      if (this.#sessions.has(session)) {
        throw new StoreError("other", `Cannot open session ${session}: it is there already`);
      }
      const { clientId, tokenName } = owner;
      this.#sessions.set(session, {
        ...{ session, cookie: cookie.slice(), clientId, tokenName },
        ...{ highestSequence: 0, stored: 0, equal: 0, repeated: 0, endSequence: undefined },
        ...{ firstSeenUs: undefined, lastSeenUs: undefined, correction: undefined },
        ...{ steps: [], estimates: [] },
      });
      if (!this.#samples.has(clientId)) this.#samples.set(clientId, new Map());
    });
  }

  append(batch: SampleBatch): Promise<AppendResult> {
    const { session, firstSequence, receivedUs, correction } = batch;
    const timesUs = batch.timesUs.slice();
    this.queuedSamples += timesUs.length;
    const result = this.#write(() => {
      checkBatch({ ...batch, timesUs });
      const kept = this.#session(session);
      const { repeated, highestSequence } = placeBatch(
        kept.highestSequence,
        firstSequence,
        timesUs.length,
      );
      const correctionId = repeated === timesUs.length
        ? undefined
        : this.#correctionId(kept, batch);
      const samples = this.#samples.get(kept.clientId)!;
      let stored = 0;
      for (const [i, timeUs] of timesUs.entries()) {
        if (i < repeated || samples.has(timeUs)) continue;
        stored++;
        const { clientId } = kept;
        const sequence = firstSequence + i;
        const corrected = correctSample(timeUs, correction);
        samples.set(timeUs, {
          ...{ clientId, session, sequence, timeUs },
          ...corrected,
          correctionId: corrected.correctedUs === undefined ? undefined : correctionId,
          receivedUs,
        });
      }
      const equal = timesUs.length - repeated - stored;
      Object.assign(kept, { highestSequence });
      kept.stored += stored;
      kept.equal += equal;
      kept.repeated += repeated;
      see(kept, receivedUs);
      return { highestSequence, stored, equal, repeated };
    }).finally(() => this.queuedSamples -= timesUs.length);
    this.#newest = result;
    return result;
  }

  #correctionId(kept: KeptSession, { correction }: SampleBatch): number | undefined {
    if (correction === undefined) return undefined;
    const { atUs, offsetUs, boundUs, frequencyPpm } = correction;
    const values = [atUs, offsetUs, boundUs, frequencyPpm].join();
    if (kept.correction?.values !== values) {
      kept.correction = { id: ++this.#corrections, values };
    }
    return kept.correction.id;
  }

  noteStep(step: SessionStep): Promise<void> {
    return this.#write(() => {
      checkStep(step);
      const { session, side, atUs, byUs, errorUs } = step;
      const { steps } = this.#session(session);
      const isKnown = steps.some((known) =>
        known.side === side && known.atUs === atUs && known.byUs === byUs
      );
      if (!isKnown) steps.push({ session, side, atUs, byUs, errorUs });
    });
  }

  noteEstimate(session: string, estimate: NotedEstimate): Promise<void> {
    return this.#write(() => {
      checkEstimate(estimate);
      const kept = this.#session(session);
      const number = (kept.estimates.at(-1)?.number ?? -1) + 1;
      const stride = strideFor(number);
      kept.estimates = kept.estimates.filter((old) => old.number % stride === 0);
      const { atUs, offsetUs, boundUs, frequencyPpm, delayUs, probes, verdictJson } = estimate;
      kept.estimates.push({
        number,
        estimate: { atUs, offsetUs, boundUs, frequencyPpm, delayUs, probes, verdictJson },
      });
    });
  }

  noteEnd(session: string, lastSequence: number): Promise<void> {
    return this.#write(() => {
      checkLast(lastSequence);
      const kept = this.#session(session);
      kept.endSequence = Math.max(kept.endSequence ?? 0, lastSequence);
    });
  }

  noteSeen(session: string, atUs: number): Promise<void> {
    return this.#write(() => {
      checkWhole("time", atUs);
      see(this.#session(session), atUs);
    });
  }

  report(filter: ReportFilter = {}): Promise<ClientReport[]> {
    return this.#read(() => {
      const sessions = [...this.#sessions.values()];
      return this.#clientIds(filter).map((clientId) => ({
        clientId,
        sessions: sessions.filter((kept) => kept.clientId === clientId).map(reportOf),
      }));
    });
  }

  estimates(session: string): Promise<NotedEstimate[]> {
    return this.#read(() => {
      return this.#sessions.get(session)?.estimates.map(({ estimate }) => estimate) ?? [];
    });
  }

  async *export(filter: ExportFilter = {}): AsyncIterable<readonly ExportedSample[]> {
    const { fromUs = -Infinity, toUs = Infinity } = filter;
    const clientIds = await this.#read(() => this.#clientIds(filter));
    for (const clientId of clientIds) {
      const samples = [...this.#samples.get(clientId)!.values()]
        .filter(({ timeUs }) => timeUs >= fromUs && timeUs < toUs)
        .sort((a, b) => a.timeUs - b.timeUs);
      for (let at = 0; at < samples.length; at += PAGE_SAMPLES) {
        yield samples.slice(at, at + PAGE_SAMPLES);
      }
    }
  }

  removeBefore(receivedUs: number): Promise<number> {
    return this.#write(() => {
      let removed = 0;
      for (const samples of this.#samples.values()) {
        for (const sample of samples.values()) {
          if (sample.receivedUs < receivedUs && samples.delete(sample.timeUs)) removed++;
        }
      }
      return removed;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#newest]);
  }

  #session(session: string): KeptSession {
    const kept = this.#sessions.get(session);
    if (kept !== undefined) return kept;
    throw new StoreError("other", `Cannot store for session ${session}: nobody opened it`);
  }

  #clientIds({ clientIds }: ReportFilter): string[] {
    const all = [...this.#samples.keys()];
    return (clientIds === undefined ? all : all.filter((id) => clientIds.includes(id))).sort();
  }

  #write<T>(run: () => T): Promise<T> {
    return this.#read(() => {
      if (this.trouble !== undefined) throw this.trouble;
      return run();
    });
  }

  /** Runs at once, so that the order of the calls is the order of what happens. */
  #read<T>(run: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new StoreError("other", "Cannot use the store: it is closed");
      resolve(run());
    });
  }
}

function see(kept: KeptSession, atUs: number): void {
  kept.firstSeenUs = Math.min(kept.firstSeenUs ?? atUs, atUs);
  kept.lastSeenUs = Math.max(kept.lastSeenUs ?? atUs, atUs);
}

function reportOf(kept: KeptSession): SessionReport {
  const { session, tokenName, highestSequence, stored, equal, repeated, endSequence } = kept;
  const sent = Math.max(highestSequence, endSequence ?? 0);
  return {
    ...{ session, tokenName, sent, stored, equal, lost: sent - stored - equal, repeated },
    highestSequence,
    isTailKnown: endSequence !== undefined,
    firstSeenUs: kept.firstSeenUs,
    lastSeenUs: kept.lastSeenUs,
    steps: kept.steps.slice(-MAX_REPORTED_STEPS),
    estimate: kept.estimates.at(-1)?.estimate,
  };
}
