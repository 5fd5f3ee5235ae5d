/** What a store in a file and its thread say to each other. */
import type { DatabaseOptions } from "../../store/open_database.ts";
import type { Secret } from "../../transport/proofs.ts";
import type { NotedEstimate, SessionReport, SessionStep } from "./client_report.ts";

/** How the thread is to run the store. */
export interface ThreadOptions extends DatabaseOptions {
  /** For how long after a failure writes are refused without trying, in milliseconds. */
  readonly retryMs: number;
}

/** A small write, committed with the batches that are there at the time. */
export type Note =
  | {
    readonly kind: "open";
    readonly session: string;
    readonly cookie: Secret;
    readonly clientId: string;
    readonly tokenName: string;
  }
  | { readonly kind: "step"; readonly session: string; readonly step: SessionStep }
  | { readonly kind: "estimate"; readonly session: string; readonly estimate: NotedEstimate }
  | { readonly kind: "end"; readonly session: string; readonly lastSequence: number }
  | { readonly kind: "seen"; readonly session: string; readonly atUs: number };

/** One transaction: notes, then batches as `batch_words.ts` lays them out. */
export interface WriteRequest {
  readonly kind: "write";
  /** Grows when the sender has learned of a failure. */
  readonly epoch: number;
  readonly notes: readonly Note[];
  /** Names that the batches refer to by index. */
  readonly sessions: readonly string[];
  readonly words: Float64Array<ArrayBuffer>;
  /** How many of `words` are in use. */
  readonly usedWords: number;
}

/** Which page of a client's samples. */
export interface PageRequest {
  readonly kind: "page";
  readonly clientId: string;
  /** Times from here, including it. */
  readonly fromUs: number;
  /** Times before this one. */
  readonly toUs: number;
}

/** Removes from a page of a client's samples. */
export interface RemoveRequest {
  readonly kind: "remove";
  readonly clientId: string;
  readonly fromUs: number;
  readonly receivedBeforeUs: number;
}

/** What the thread can be asked for. */
export type Request =
  | { readonly kind: "start"; readonly options: ThreadOptions }
  | WriteRequest
  | { readonly kind: "find"; readonly session: string }
  | { readonly kind: "clients" }
  | { readonly kind: "client"; readonly clientId: string }
  | { readonly kind: "estimates"; readonly session: string }
  | PageRequest
  | RemoveRequest
  | { readonly kind: "trim"; readonly receivedBeforeUs: number }
  | { readonly kind: "stop" };

/** Samples of one client, a column after the other, `NaN` where a value is not known. */
export interface Page {
  readonly count: number;
  /** `time, corrected, bound, correction, session, sequence, received`, `count` words each. */
  readonly columns: Float64Array<ArrayBuffer>;
  /** Names of the sessions in it, by number. */
  readonly sessions: ReadonlyMap<number, string>;
  /** Whether more may follow. */
  readonly isFull: boolean;
}

/** What a write comes back with. */
export interface Written {
  /** Why a note could not be kept, by index; `undefined`: it was. */
  readonly noteErrors: readonly (string | undefined)[];
  /** The words of the request, with results. */
  readonly words: Float64Array<ArrayBuffer>;
}

/** What a removal comes back with. */
export interface Removed {
  readonly removed: number;
  /** Where to go on; `undefined`: that was all of the client. */
  readonly nextUs: number | undefined;
}

/** What is answered, by what was asked. */
export interface Answers {
  readonly start: undefined;
  readonly write: Written;
  readonly find: { readonly cookie: Secret; readonly highestSequence: number } | undefined;
  readonly clients: readonly string[];
  readonly client: readonly SessionReport[];
  readonly estimates: NotedEstimate[];
  readonly page: Page;
  readonly remove: Removed;
  readonly trim: undefined;
  readonly stop: undefined;
}
