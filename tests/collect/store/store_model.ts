/** A store that is too simple to be wrong: lists that are searched from the start. */
import * as fc from "fast-check";
import type { ExportedSample } from "../../../lib/collect/store/collect_store.ts";
import type { AppendResult, SampleBatch } from "../../../lib/collect/store/sample_batch.ts";

/** Sessions of the model, and whose they are. */
export const OWNERS: Readonly<Record<string, string>> = { a1: "ada", a2: "ada", b1: "bob" };

/** What a session of the model has counted. */
export interface Tally {
  highest: number;
  stored: number;
  equal: number;
  repeated: number;
}

/** The model. */
export class StoreModel {
  readonly rows: Pick<ExportedSample, "clientId" | "session" | "sequence" | "timeUs">[] = [];
  readonly tallies = new Map<string, Tally>(
    Object.keys(OWNERS).map((id) => [id, { highest: 0, stored: 0, equal: 0, repeated: 0 }]),
  );

  append({ session, firstSequence, timesUs }: SampleBatch): AppendResult {
    const tally = this.tallies.get(session)!;
    const clientId = OWNERS[session]!;
    const before = { ...tally };
    for (const [i, timeUs] of timesUs.entries()) {
      const sequence = firstSequence + i;
      if (sequence <= before.highest) {
        tally.repeated++;
        continue;
      }
      tally.highest = sequence;
      if (this.rows.some((row) => row.clientId === clientId && row.timeUs === timeUs)) {
        tally.equal++;
        continue;
      }
      tally.stored++;
      this.rows.push({ clientId, session, sequence, timeUs });
    }
    return {
      highestSequence: tally.highest,
      stored: tally.stored - before.stored,
      equal: tally.equal - before.equal,
      repeated: tally.repeated - before.repeated,
    };
  }

  sorted() {
    return this.rows.toSorted((a, b) =>
      a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : a.timeUs - b.timeUs
    );
  }
}

/** Appends in any order: repeats, overlaps, gaps, and few enough times that many are equal. */
export const batches: fc.Arbitrary<SampleBatch[]> = fc.array(
  fc.record({
    session: fc.constantFrom(...Object.keys(OWNERS)),
    firstSequence: fc.integer({ min: 1, max: 150 }),
    timesUs: fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 1, maxLength: 70 })
      .map((times) => Float64Array.from(times)),
    receivedUs: fc.integer({ min: 0, max: 9 }),
    correction: fc.constant(undefined),
  }),
  { maxLength: 30 },
);
