/** What a store of chat in a file and its thread say to each other. */
import type { DatabaseOptions } from "../../store/open_database.ts";
import type { ChatFound, ChatRead, ChatWrite } from "./chat_request.ts";

/** How the thread is to run the store. */
export interface ChatThreadOptions extends DatabaseOptions {
  /** For how long after a failure writes are refused without trying, in milliseconds. */
  readonly retryMs: number;
}

/** One transaction. */
export interface CommitRequest {
  readonly kind: "commit";
  /** Grows when the sender has learned of a failure. */
  readonly epoch: number;
  readonly writes: readonly ChatWrite[];
}

/** What the thread can be asked for. */
export type ChatThreadRequest =
  | { readonly kind: "start"; readonly options: ChatThreadOptions }
  | CommitRequest
  | ChatRead
  | { readonly kind: "stop" };

/** What became of one write. */
export type WriteOutcome =
  /** As `ChatWritten` says for its kind. */
  | { readonly value: unknown }
  /** Why it alone was not done. */
  | { readonly refusal: string };

/** What is answered, by what was asked. */
export interface ChatThreadAnswers extends ChatFound {
  readonly start: undefined;
  readonly commit: readonly WriteOutcome[];
  readonly stop: undefined;
}
