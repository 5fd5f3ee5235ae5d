/** What was asked for on a line and is answered by DATA frames: runs, and bytes of inputs. */
import type { FrameView } from "../../transport/frame_view.ts";
import type { Kind, Kinds } from "../../transport/service.ts";
import type { LinePost } from "./line_post.ts";
import type { DataEnd } from "./messages.ts";
import { ENGINE_BYTES } from "./protocol.ts";

/** How a request ended. */
export interface RequestEnd {
  /** Bytes that came, and were taken. */
  readonly bytes: number;
  /** Why there are no more; `line`: the line is over. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** What taking the bytes threw. */
  readonly error?: unknown;
}

interface Request {
  readonly write: (bytes: Uint8Array) => Promise<void> | void;
  readonly resolve: (end: RequestEnd) => void;
  last: Promise<void>;
  bytes: number;
  error: unknown;
}

/** Bytes between two calls of `isSilent` that are more than a trickle. */
const TRICKLE_BYTES = 4096;

/** Calls of `isSilent` for which nothing but a trickle may come. */
const MOST_TRICKLES = 6;

/** The requests of one line. */
export class Requests<K extends Kinds> {
  readonly #post: LinePost<K>;
  readonly #open = new Map<number, Request>();
  #lastId = 0;
  #isOver = false;
  /** Pieces that are being taken. */
  #taking = 0;
  /** Whether something has come, or was being taken, since {@linkcode Requests.isSilent}. */
  #wasHeard = true;
  /** Bytes that came since then, and how often they were a trickle. */
  #heardBytes = 0;
  #trickles = 0;

  /** One per connection. */
  constructor(post: LinePost<K>) {
    this.#post = post;
    post.connection.closed.then(({ message }) => {
      this.#isOver = true;
      const failure = { code: "line", message };
      for (const id of [...this.#open.keys()]) this.dataEnd({ id, bytes: 0, failure });
    });
  }

  /**
   * Asks, and takes the answer.
   *
   * @param write takes bytes, which are its own; credit is given back when it has
   * @param signal ends waiting for the answer: what still comes of it is dropped
   */
  ask<Sent extends { readonly id: number }>(
    kind: Kind<unknown, Sent>,
    question: Omit<Sent, "id">,
    write: Request["write"],
    signal?: AbortSignal,
  ): Promise<RequestEnd> {
    if (this.#isOver) {
      return Promise.resolve({ bytes: 0, failure: { code: "line", message: "the line is over" } });
    }
    const id = this.#lastId = (this.#lastId + 1) % 2 ** 32;
    const { promise, resolve } = Promise.withResolvers<RequestEnd>();
    const request: Request = {
      write,
      resolve,
      last: Promise.resolve(),
      bytes: 0,
      error: undefined,
    };
    if (this.#open.size === 0) this.#wasHeard = true;
    this.#open.set(id, request);
    this.#post.post(kind, { ...question, id } as Sent);
    if (signal === undefined) return promise;
    const onAbort = () => {
      request.error ??= signal.reason;
      this.dataEnd({ id, bytes: request.bytes });
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return promise.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** Handles DATA. */
  data(view: FrameView): void {
    const request = this.#open.get(view.getUint32(0));
    const frameBytes = view.length + 5;
    const release = () => this.#post.connection.releaseBulk(frameBytes);
    this.#wasHeard = true;
    this.#heardBytes += view.length;
    if (request === undefined) return release();
    this.#taking++;
    const bytes = view.copy(ENGINE_BYTES.dataHead);
    request.last = request.last.then(async () => {
      if (request.error !== undefined) return;
      try {
        await request.write(bytes);
        request.bytes += bytes.length;
      } catch (error) {
        request.error = error ?? new Error("Cannot take what came");
      }
    }).finally(() => {
      this.#taking--;
      release();
    });
  }

  /**
   * Whether something was asked for and nothing has come of anything since the last call, or for so
   * long so little that it would never end.
   */
  isSilent(): boolean {
    const isFine = this.#taking > 0 || this.#open.size === 0 || this.#heardBytes >= TRICKLE_BYTES;
    this.#trickles = isFine ? 0 : this.#trickles + 1;
    const wasHeard = isFine || (this.#wasHeard && this.#trickles < MOST_TRICKLES);
    this.#wasHeard = false;
    this.#heardBytes = 0;
    return !wasHeard;
  }

  /** Handles DATA_END. */
  dataEnd({ id, bytes, failure }: DataEnd): void {
    this.#wasHeard = true;
    this.#heardBytes = Infinity; // something has come to its end
    const request = this.#open.get(id);
    if (request === undefined) return;
    this.#open.delete(id);
    request.last.then(() => {
      const { error } = request;
      const isShort = failure === undefined && error === undefined && request.bytes !== bytes;
      const short = { code: "short", message: `${request.bytes} of ${bytes} bytes came` };
      const why = failure ?? (isShort ? short : undefined);
      request.resolve({
        bytes: request.bytes,
        ...(why && { failure: why }),
        ...(error !== undefined && { error }),
      });
    });
  }
}
