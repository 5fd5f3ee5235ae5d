import { StoreError } from "./store_error.ts";
import type { Reply, ThreadAnswers, ThreadRequest } from "./thread_messages.ts";

interface Call {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread of a store, as its owner sees it: questions and answers. */
export class StoreThread<Q extends ThreadRequest, A extends ThreadAnswers<Q>> {
  readonly #worker: Worker;
  /** Answers come in this order. */
  readonly #calls: Call[] = [];
  #failure: StoreError | undefined;

  /** @param worker runs `answerRequests`; ends with `terminate` */
  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const call = this.#calls.shift();
      if ("value" in data) call?.resolve(data.value as never);
      else call?.reject(new StoreError(data.failure.code, data.failure.message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new StoreError("other", `Cannot use the store: its thread died: ${event.message}`));
    };
  }

  /** @throws {StoreError} what the thread failed with */
  ask<R extends Q>(request: R, transfer: ArrayBuffer[] = []): Promise<A[R["kind"]]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#calls.push({ resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  /** Ends the thread, which has nothing to do any more. */
  terminate(): void {
    this.#end(new StoreError("other", "Cannot use the store: it is closed"));
    this.#worker.terminate();
  }

  #end(failure: StoreError): void {
    this.#failure ??= failure;
    for (const { reject } of this.#calls.splice(0)) reject(this.#failure);
  }
}
