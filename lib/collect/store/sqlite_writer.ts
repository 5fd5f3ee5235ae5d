import type { DatabaseSync } from "node:sqlite";
import { Committer, type CommitterOptions } from "../../store/committer.ts";
import { Statements } from "../../store/statements.ts";
import { type BatchHead, HEAD_WORDS, readBatch, writeResult } from "./batch_words.ts";
import { SampleInserter } from "./insert_samples.ts";
import { placeBatch } from "./place_batch.ts";
import type { AppendResult } from "./sample_batch.ts";
import { see, type SessionRow, SessionRows } from "./session_rows.ts";
import type { Removed, RemoveRequest, WriteRequest, Written } from "./sqlite_messages.ts";
import { writeNote } from "./write_note.ts";

/** Samples of a client that one removal looks at. */
const REMOVE_PAGE = 5000;

/** Writes to a store in a file, one transaction at a time. Blocks, so it lives in a thread. */
export class SqliteWriter {
  readonly #committer: Committer;
  readonly #sql: Statements;
  readonly #rows: SessionRows;
  readonly #samples: SampleInserter;

  constructor(db: DatabaseSync, options: CommitterOptions) {
    this.#committer = new Committer(db, { ...options, onRollBack: () => this.#rows.forget() });
    this.#sql = new Statements(db);
    this.#rows = new SessionRows(db);
    this.#samples = new SampleInserter(db);
  }

  /**
   * Everything or nothing, but for what single notes and batches are refused for. After a failure
   * nothing is written that was on its way by then: it would come after a gap.
   *
   * @throws {StoreError}
   */
  write({ epoch, notes, sessions, words, usedWords }: WriteRequest): Written {
    const noteErrors = this.#committer.commitInOrder(epoch, () => {
      const errors = notes.map((note) => writeNote(note, this.#rows, this.#sql));
      for (let at = 0; at < usedWords;) {
        const batch = readBatch(words, at);
        const row = this.#rows.change(sessions[batch.session] ?? "");
        writeResult(words, at, row && this.#append(row, batch));
        at += HEAD_WORDS + batch.timesUs.length;
      }
      this.#rows.flush();
      return errors;
    });
    return { noteErrors, words };
  }

  /** Removes from one page of a client's samples. @throws {StoreError} */
  remove({ clientId, fromUs, receivedBeforeUs }: RemoveRequest): Removed {
    const client = this.#sql.get("SELECT number FROM clients WHERE id = ?").get(clientId)?.number;
    if (typeof client !== "number") return { removed: 0, nextUs: undefined };
    const nextUs = this.#sql.get(
      `SELECT time_us FROM samples WHERE client = ? AND time_us >= ? ORDER BY time_us LIMIT 1 ` +
        `OFFSET ${REMOVE_PAGE}`,
    ).get(client, fromUs)?.time_us;
    const removed = this.#committer.commit(() =>
      this.#sql.get(
        "DELETE FROM samples WHERE client = ? AND time_us >= ? AND time_us < ? AND received_us < ?",
      ).run(client, fromUs, nextUs ?? Number.MAX_SAFE_INTEGER + 1, receivedBeforeUs).changes
    );
    return {
      removed: Number(removed),
      nextUs: typeof nextUs === "number" ? nextUs : undefined,
    };
  }

  /** Removes corrections that only samples received before that time can have. @throws {StoreError} */
  trim(receivedBeforeUs: number): void {
    this.#committer.commit(() =>
      this.#sql.get(
        "DELETE FROM corrections WHERE number < (SELECT max(number) FROM corrections AS later " +
          "WHERE later.session = corrections.session AND later.used_us < ?)",
      ).run(receivedBeforeUs)
    );
  }

  #append(row: SessionRow, batch: BatchHead): AppendResult {
    const count = batch.timesUs.length;
    const { repeated, highestSequence } = placeBatch(row.highest, batch.firstSequence, count);
    const isNew = repeated < count;
    const stored = isNew
      ? this.#samples.insert(batch, repeated, row, this.#correctionFor(row, batch))
      : 0;
    const equal = count - repeated - stored;
    row.highest = highestSequence;
    row.stored += stored;
    row.equal += equal;
    row.repeated += repeated;
    see(row, batch.receivedUs);
    return { highestSequence, stored, equal, repeated };
  }

  /** One row for all batches in a row that were corrected alike. */
  #correctionFor(row: SessionRow, { correction, receivedUs }: BatchHead): number | null {
    if (correction === undefined) return null;
    const { atUs, offsetUs, boundUs, frequencyPpm } = correction;
    const values = [atUs, offsetUs, boundUs, frequencyPpm];
    if (row.correction?.values.every((value, i) => value === values[i]) !== true) {
      const { lastInsertRowid } = this.#sql.get(
        "INSERT INTO corrections (session, used_us, at_us, offset_us, bound_us, frequency_ppm) " +
          "VALUES (?,?,?,?,?,?)",
      ).run(row.number, receivedUs, ...values);
      row.correction = { number: Number(lastInsertRowid), values };
    }
    return row.correction.number;
  }
}
