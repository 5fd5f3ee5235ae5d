/** What a store in a file and its thread say to each other, whatever it stores. */
import type { StoreErrorCode } from "./store_error.ts";

/** What the thread is asked for; each service has its own kinds. */
export interface ThreadRequest {
  readonly kind: string;
}

/** What is answered, by the kind of what was asked. */
export type ThreadAnswers<Q extends ThreadRequest> = { readonly [K in Q["kind"]]: unknown };

/** Why something failed. */
export interface Failure {
  readonly code: StoreErrorCode;
  readonly message: string;
}

/** Answers come in the order of the requests. */
export type Reply = { readonly value: unknown } | { readonly failure: Failure };
