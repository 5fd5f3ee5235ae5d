/** Gives runs from a worker's disk to whoever asks: other workers, or the coordinator for them. */
import type { Kind, Kinds } from "../../transport/service.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import { attemptKey } from "./attempt_name.ts";
import type { Folder } from "./folder.ts";
import type { LinePost } from "./line_post.ts";
import type { DataEnd, Fetch, RunPart } from "./messages.ts";

/** A map output on this worker's disk. */
export interface HeldOutput {
  readonly file: string;
  readonly parts: readonly RunPart[];
}

/** Bytes that are read from the disk at once. */
const READ_BYTES = 480 * 1024;

/** The kinds that answer FETCH. */
export interface DataKinds {
  readonly data: Kind<FrameView, Uint8Array>;
  readonly dataEnd: Kind<DataEnd>;
}

/** Runs that are read at once for one line: each has a file open and bytes in memory. */
const MAX_AT_ONCE = 4;

/** Questions of one line that may wait. The coordinator asks for many workers. */
const MAX_WAITING = 200_000;

/** Answers what is asked on one line, some at a time, in the order of asking. */
export class RunServer<K extends Kinds> {
  readonly #post: LinePost<K>;
  readonly #kinds: DataKinds;
  readonly #folder: Folder;
  readonly #held: () => ReadonlyMap<string, HeldOutput>;
  readonly #waiting: Fetch[] = [];
  #busy = 0;

  /** One per connection. @param held what this worker has at the time */
  constructor(
    post: LinePost<K>,
    kinds: DataKinds,
    folder: Folder,
    held: () => ReadonlyMap<string, HeldOutput>,
  ) {
    this.#post = post;
    this.#kinds = kinds;
    this.#folder = folder;
    this.#held = held;
  }

  /** Handles FETCH; the answer follows. */
  fetch(fetch: Fetch): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.length = 0;
      const message = "Too many FETCH wait for an answer";
      return void this.#post.connection.abort("mapreduce.flood", message);
    }
    this.#waiting.push(fetch);
    if (this.#busy < MAX_AT_ONCE) this.#answer();
  }

  async #answer(): Promise<void> {
    this.#busy++;
    for (let fetch; this.#post.connection.isOpen && (fetch = this.#waiting.shift());) {
      await serveRun(fetch, this.#held(), this.#folder, this.#post, this.#kinds);
    }
    this.#busy--;
  }
}

/** Answers a FETCH. Never throws. */
async function serveRun<K extends Kinds>(
  { id, name, partition }: Fetch,
  held: ReadonlyMap<string, HeldOutput>,
  folder: Folder,
  post: LinePost<K>,
  kinds: DataKinds,
): Promise<void> {
  const fail = (code: string, message: string) =>
    post.bulk(kinds.dataEnd, { id, bytes: 0, failure: { code, message } });
  const output = held.get(attemptKey(name));
  const part = output?.parts[partition];
  if (output === undefined || part === undefined) {
    await fail("gone", `${attemptKey(name)} is not here`);
    return;
  }
  try {
    const reader = await folder.open(output.file);
    if (reader === undefined) return void await fail("gone", `${output.file} is not here any more`);
    try {
      for (let sent = 0; sent < part.bytes;) {
        const wanted = Math.min(READ_BYTES, part.bytes - sent);
        const bytes = await reader.read(part.startByte + sent, wanted);
        if (bytes.length < wanted) return void await fail("gone", `${output.file} is cut`);
        if (!await post.pieces(kinds.data, [id], bytes)) return;
        sent += bytes.length;
      }
    } finally {
      reader.close();
    }
    await post.bulk(kinds.dataEnd, { id, bytes: part.bytes });
  } catch (error) {
    await fail("gone", error instanceof Error ? error.message : String(error));
  }
}
