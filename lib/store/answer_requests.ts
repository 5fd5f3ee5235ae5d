/// <reference lib="deno.worker" />
import { storeFailure } from "./store_failure.ts";
import type { Reply, ThreadRequest } from "./thread_messages.ts";

/** What a thread does with what it is asked. */
export interface Answering<Q extends ThreadRequest> {
  /** Does it, and says what to answer. May block. */
  readonly answer: (request: Q) => unknown;
  /** The file, for messages. */
  readonly path: () => string;
  /** Memory of an answer that goes along with it instead of being copied. */
  readonly transfer?: (value: unknown) => ArrayBuffer[];
}

/** Makes this thread the one of a store: it answers what it is asked, in order. */
export function answerRequests<Q extends ThreadRequest>(answering: Answering<Q>): void {
  const { answer, path, transfer = () => [] } = answering;
  self.onmessage = ({ data: request }: MessageEvent<Q>) => {
    try {
      const value = answer(request);
      self.postMessage({ value } satisfies Reply, transfer(value));
    } catch (error) {
      const { code, message } = storeFailure("use", path(), error);
      self.postMessage({ failure: { code, message } } satisfies Reply);
    }
  };
}
