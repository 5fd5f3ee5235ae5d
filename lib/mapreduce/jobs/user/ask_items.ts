import type { OnError } from "../job_description.ts";
import { JobError } from "../job_error.ts";
import type { Sandbox } from "./sandbox.ts";
import { SandboxDeath } from "./sandbox_death.ts";
import { type DoneHead, MAX_EMITTED_BYTES } from "./sandbox_frames.ts";

/** How many processes one item may kill. */
const MAX_DEATHS = 3;

/** A request for several records, or pieces of groups. */
export interface ItemsRequest<T> {
  readonly sandbox: Pick<Sandbox, "ask">;
  readonly kind: number;
  /** Makes the payload for some of the items. */
  encode(items: readonly T[]): Uint8Array<ArrayBuffer>;
  readonly onError: OnError;
  readonly signal: AbortSignal;
  /** Takes what the job gave for items: those that it threw for gave nothing. */
  take(head: DoneHead, pairs: Uint8Array): void;
  /** An item that is left out. */
  skip(item: T, message: string): void;
  /** An item as messages name it. */
  nameOf(item: T): string;
  /** A process has died. */
  died(message: string): void;
}

/**
 * Has a job do items, in order. When the process dies of them, each is tried on its own, so that the
 * one which did it is known; an item that has killed three processes, or for which the job throws, is
 * left out or fails the task.
 *
 * @returns whether the items went through together
 * @throws {JobError} when the task fails
 * @throws the signal's reason
 */
export async function askItems<T>(
  items: readonly T[],
  request: ItemsRequest<T>,
): Promise<boolean> {
  const why = await tryItems(items, request);
  if (why === undefined) return true;
  // One of them has done it: the first that does it again.
  let deaths = why.isDeath ? 1 : 0;
  for (const item of items) {
    let left: Failed | undefined = items.length === 1 ? why : await tryItems([item], request);
    if (left === undefined) continue;
    if (items.length > 1 && left.isDeath) deaths++;
    while (left?.isDeath && deaths < MAX_DEATHS) {
      left = await tryItems([item], request);
      if (left?.isDeath) deaths++;
    }
    deaths = 0;
    if (left === undefined) continue;
    const times = left.isDeath ? ` (${MAX_DEATHS} times)` : "";
    giveUp(item, `${left.message}${times}`, request);
  }
  return false;
}

interface Failed {
  readonly message: string;
  readonly isDeath: boolean;
}

/** @returns why nothing was taken, or `undefined` */
async function tryItems<T>(
  items: readonly T[],
  request: ItemsRequest<T>,
): Promise<Failed | undefined> {
  try {
    const payload = request.encode(items);
    const { head, pairs } = await request.sandbox.ask(request.kind, payload, request.signal);
    if (head.isTooMuch) {
      return { message: `it emitted more than ${MAX_EMITTED_BYTES} bytes`, isDeath: false };
    }
    request.take(head, pairs);
    for (const { at, message } of head.failures) {
      const item = items[at];
      if (item !== undefined) giveUp(item, message, request);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SandboxDeath)) throw error;
    const { message, isDeath } = error;
    if (isDeath) request.died(message);
    return { message, isDeath };
  }
}

function giveUp<T>(item: T, message: string, request: ItemsRequest<T>): void {
  if (request.onError === "skip") return request.skip(item, message);
  throw new JobError(`${request.nameOf(item)}: ${message}`, { isFinal: true });
}
