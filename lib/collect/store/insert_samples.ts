import type { DatabaseSync } from "node:sqlite";
import { Statements } from "../../store/statements.ts";
import type { BatchHead } from "./batch_words.ts";
import { correctSample } from "./correct_sample.ts";
import type { SessionRow } from "./session_rows.ts";

/** Rows in one statement, widest first: several in one cost a third less than one by one. */
const WIDTHS = [50, 10, 1] as const;

const COLUMNS = 8;

const INSERTS: ReadonlyMap<number, string> = new Map(WIDTHS.map((width) => [
  width,
  "INSERT OR IGNORE INTO samples (client, time_us, corrected_us, bound_us, correction, session, " +
  `sequence, received_us) VALUES ${Array(width).fill("(?,?,?,?,?,?,?,?)").join()}`,
]));

/** Puts samples into their table, many at a time. */
export class SampleInserter {
  readonly #statements: Statements;
  readonly #values = new Map(WIDTHS.map((width) => [
    width,
    new Array<number | null>(width * COLUMNS).fill(null),
  ]));

  constructor(db: DatabaseSync) {
    this.#statements = new Statements(db);
  }

  /**
   * Inserts the samples of a batch without its first `skip` ones.
   *
   * @returns how many were new to their client
   */
  insert(batch: BatchHead, skip: number, row: SessionRow, correction: number | null): number {
    const { timesUs } = batch;
    let stored = 0;
    for (let at = skip; at < timesUs.length;) {
      const left = timesUs.length - at;
      const width = WIDTHS.find((rows) => rows <= left) ?? 1;
      const values = this.#values.get(width)!;
      for (let i = 0; i < width; i++) {
        this.#fill(values, i * COLUMNS, batch, at + i, row, correction);
      }
      stored += Number(this.#statements.get(INSERTS.get(width)!).run(...values).changes);
      at += width;
    }
    return stored;
  }

  #fill(
    values: (number | null)[],
    to: number,
    batch: BatchHead,
    i: number,
    row: SessionRow,
    correction: number | null,
  ): void {
    const timeUs = batch.timesUs[i] ?? NaN;
    const { correctedUs, boundUs } = correctSample(timeUs, batch.correction);
    values[to] = row.client;
    values[to + 1] = timeUs;
    values[to + 2] = correctedUs ?? null;
    values[to + 3] = boundUs ?? null;
    values[to + 4] = correctedUs === undefined ? null : correction;
    values[to + 5] = row.number;
    values[to + 6] = batch.firstSequence + i;
    values[to + 7] = batch.receivedUs;
  }
}
