/**
 * Bytes behind a URL: as they are stored, by ranges, resumed where a connection breaks, and never a
 * mixture of two versions. Source: RFC 9110, sections 8.8, 13.1.5 and 14.
 */
import type { Clock } from "../../clock/clock.ts";
import { systemClock } from "../../clock/system_clock.ts";
import { checkRedirect } from "./check_redirect.ts";
import { inTime } from "./in_time.ts";
import type { HttpIdentity, Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { InputError, type InputSource } from "./input_source.ts";

/** How often a broken connection is replaced without a byte in between. */
const MAX_FAILURES = 4;

/** What asks servers. */
export type Fetcher = Pick<InputFiles, "fetch">;

/** A thing behind a URL. */
export interface HttpSource extends InputSource {
  readonly identity: HttpIdentity;
}

/**
 * Opens what is behind a URL.
 *
 * @param expected what it was before; it must not have changed
 * @throws {InputError}
 */
export async function openHttp(
  url: string,
  files: Fetcher,
  { expected, signal, clock = systemClock }: {
    readonly expected?: Pick<Input, "size" | "identity">;
    readonly signal?: AbortSignal;
    readonly clock?: Clock;
  } = {},
): Promise<HttpSource> {
  const state = await ask(url, { files, clock }, 0, undefined, signal);
  await state.body.cancel().catch(() => {});
  const { size, identity } = state;
  if (expected?.identity.kind === "http") checkSame(state, expected.size, expected.identity);
  return new RangeSource(url, { files, clock }, size, identity);
}

/** What asking needs of the world. */
interface World {
  readonly files: Fetcher;
  readonly clock: Clock;
}

/** What a server has answered. */
interface Answer {
  readonly size: number;
  readonly identity: HttpIdentity;
  /** Begins at the offset that was asked for, or at 0. */
  readonly body: ReadableStream<Uint8Array>;
  readonly offset: number;
}

class RangeSource implements HttpSource {
  readonly size: number;
  readonly identity: HttpIdentity;
  readonly #url: string;
  readonly #world: World;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Offset of the first byte that the reader or the rest has. */
  #at = 0;
  #rest = new Uint8Array(0);

  constructor(url: string, world: World, size: number, identity: HttpIdentity) {
    this.#url = url;
    this.#world = world;
    this.size = size;
    this.identity = identity;
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    if (offset !== this.#at) await this.#close();
    let failures = 0;
    for (let at = offset; at < end;) {
      try {
        const part = await this.#next(at, signal);
        const used = part.subarray(0, end - at);
        bytes.set(used, at - offset);
        at += used.length;
        this.#at = at;
        this.#rest = part.subarray(used.length) as Uint8Array<ArrayBuffer>;
        failures = 0;
      } catch (error) {
        await this.#close();
        if (signal?.aborted || error instanceof InputError) throw error;
        if (++failures >= MAX_FAILURES) throw unreadable(error);
      }
    }
    return bytes;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  async #next(at: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (this.#rest.length > 0) return this.#rest;
    this.#reader ??= await this.#open(at, signal);
    const { value, done } = await inTime(this.#reader.read(), this.#world.clock);
    if (done) throw new Error("the connection ended early");
    return value;
  }

  async #open(at: number, signal: AbortSignal | undefined) {
    const answer = await ask(this.#url, this.#world, at, this.identity, signal);
    try {
      checkSame(answer, this.size, this.identity);
    } catch (error) {
      await answer.body.cancel().catch(() => {});
      throw error;
    }
    const reader = answer.body.getReader();
    // A server without ranges sends all of it.
    for (let skipped = answer.offset; skipped < at;) {
      const { value, done } = await this.#skipping(reader);
      if (done) throw new Error("the connection ended early");
      const rest = skipped + value.length - at;
      if (rest > 0) {
        const tail = value.subarray(value.length - rest);
        return prepended(tail, reader);
      }
      skipped += value.length;
    }
    return reader;
  }

  async #skipping(reader: ReadableStreamDefaultReader<Uint8Array>) {
    try {
      return await inTime(reader.read(), this.#world.clock);
    } catch (error) {
      await reader.cancel().catch(() => {});
      throw error;
    }
  }

  async #close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#rest = new Uint8Array(0);
    this.#at = -1;
    await reader?.cancel().catch(() => {});
  }
}

function prepended(
  first: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStreamDefaultReader<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }).getReader();
}

async function ask(
  url: string,
  { files, clock }: World,
  offset: number,
  identity: HttpIdentity | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const headers = new Headers({ "Accept-Encoding": "identity", "Range": `bytes=${offset}-` });
  // A weak ETag says nothing about bytes: it must not be sent here.
  const strong = identity?.etag?.startsWith("W/") ? undefined : identity?.etag;
  const validator = strong ?? identity?.lastModified;
  if (validator !== undefined) headers.set("If-Range", validator);
  let response: Response | undefined;
  const silent = new AbortController();
  const signals = signal === undefined ? [silent.signal] : [silent.signal, signal];
  try {
    const asked = files.fetch(url, { headers, signal: AbortSignal.any(signals) });
    response = await inTime(asked, clock);
    checkRedirect(url, response.url);
    return answerOf(response, offset);
  } catch (error) {
    if (response === undefined) silent.abort();
    await response?.body?.cancel().catch(() => {});
    // Of a source that is open already, the caller tries again.
    if (identity !== undefined || signal?.aborted || error instanceof InputError) throw error;
    throw unreadable(error);
  }
}

/** @throws {InputError} when the answer cannot be used */
function answerOf({ status, headers, body }: Response, offset: number): Answer {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw unreadable(`the server sends it with Content-Encoding ${encoding}`);
  }
  const identity: HttpIdentity = {
    kind: "http",
    ...optional("etag", headers.get("etag")),
    ...optional("lastModified", headers.get("last-modified")),
  };
  if (status === 416) {
    const size = Number(/^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]);
    if (offset === 0 && size === 0) return { size, identity, offset, body: emptyBody() };
    throw new InputError("changed", `has become shorter: the server has no byte ${offset}`);
  }
  // A runtime that unpacks what it was not asked to takes the length away: it is wanted in any case.
  const length = Number(headers.get("content-length") ?? NaN);
  if (status === 206 && body !== null) {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
    const [, first, last, size] = range?.map(Number) ?? [];
    if (first !== offset || last === undefined || size === undefined || last >= size) {
      throw unreadable("the server answers with another range");
    }
    if (!Number.isSafeInteger(size)) throw unreadable(NO_SIZE);
    if (length !== last - first + 1) throw unreadable(NO_SIZE);
    return { size, identity, offset, body };
  }
  if (status === 200) {
    if (!Number.isSafeInteger(length) || length < 0) throw unreadable(NO_SIZE);
    return { size: length, identity, offset: 0, body: body ?? emptyBody() };
  }
  // What a busy server cannot do now may work later; all else is final.
  if (status >= 500 || status === 429) throw new Error(`the server answers with ${status}`);
  throw unreadable(`the server answers with ${status}`);
}

const NO_SIZE = "the server does not say how large it is";

function optional<K extends string>(key: K, value: string | null): Partial<Record<K, string>> {
  return value === null ? {} : { [key]: value } as Partial<Record<K, string>>;
}

function emptyBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}

/** @throws {InputError} when it is not what it was */
function checkSame(answer: Answer, size: number, identity: HttpIdentity): void {
  if (answer.size !== size) {
    throw new InputError("changed", `has changed: it had ${size} bytes, has ${answer.size}`);
  }
  if (answer.identity.etag !== identity.etag) {
    throw new InputError("changed", "has changed: the server gives it another ETag");
  }
  if (identity.etag === undefined && answer.identity.lastModified !== identity.lastModified) {
    throw new InputError("changed", "has changed: the server gives it another Last-Modified");
  }
}

function unreadable(error: unknown): InputError {
  // Newer runtimes say only "fetch failed", and why behind it.
  const reason = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  const why = (reason instanceof Error ? reason.message : String(reason))
    .replace(/^error sending request .*?: (?=client error)/, "");
  return new InputError("unreadable", `cannot be fetched: ${why}`, { cause: error });
}
