import type { DatabaseSync } from "node:sqlite";
import { rollBack } from "./roll_back.ts";
import { StoreError } from "./store_error.ts";
import { storeFailure } from "./store_failure.ts";

/** Options of a {@linkcode Committer}. */
export interface CommitterOptions {
  readonly path: string;
  /** For how long after a failure writes are refused without trying, in milliseconds. */
  readonly retryMs: number;
  /** Milliseconds that only grow. */
  readonly nowMs: () => number;
  /** Called when a transaction was taken back: what was kept in memory may be wrong. */
  readonly onRollBack?: () => void;
}

/** Commits to a store in a file, one transaction at a time, and remembers failures. Blocks. */
export class Committer {
  readonly #db: DatabaseSync;
  readonly #options: CommitterOptions;
  /** The newest failure: what was sent before its sender knew of it must not be written either. */
  #failure: { readonly epoch: number; readonly error: StoreError } | undefined;
  #trouble: { readonly error: StoreError; readonly untilMs: number } | undefined;

  constructor(db: DatabaseSync, options: CommitterOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Commits all that `run` does, or nothing. @throws {StoreError} */
  commit<T>(run: () => T): T {
    const { path, retryMs, nowMs, onRollBack } = this.#options;
    if (this.#trouble !== undefined && nowMs() < this.#trouble.untilMs) throw this.#trouble.error;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      const result = run();
      this.#db.exec("COMMIT");
      this.#trouble = undefined;
      return result;
    } catch (cause) {
      rollBack(this.#db);
      onRollBack?.();
      const error = storeFailure("write", path, cause);
      this.#trouble = { error, untilMs: nowMs() + retryMs };
      throw error;
    }
  }

  /**
   * Commits like `commit`. After a failure nothing is written that was on its way by then: it would
   * come after a gap.
   *
   * @param epoch grows when the sender has learned of a failure
   * @throws {StoreError}
   */
  commitInOrder<T>(epoch: number, run: () => T): T {
    if (this.#failure?.epoch === epoch) throw this.#failure.error;
    try {
      return this.commit(run);
    } catch (error) {
      if (error instanceof StoreError) this.#failure = { epoch, error };
      throw error;
    }
  }
}
