/** What a server of chat has committed: it outlives all of its processes. */
import type {
  ChatFound,
  ChatRead,
  ChatWrite,
  ChatWritten,
} from "../../../lib/chat/store/chat_request.ts";
import type { ChatStore, Post } from "../../../lib/chat/store/chat_store.ts";
import { MemoryTables } from "../../../lib/chat/store/memory_tables.ts";
import { type ChatBackend, RequestChatStore } from "../../../lib/chat/store/request_chat_store.ts";
import { StoreError } from "../../../lib/store/store_error.ts";
import type { SimProcess } from "../core/sim_process.ts";

/** Told what happens to a disk. */
export interface DiskWitness {
  /** The server hands posts over. */
  handed(posts: readonly Post[]): void;
  /** A server begins. */
  began?(): void;
  /** A write is there for good. */
  committed(write: ChatWrite, result: ChatWritten[ChatWrite["kind"]]): void;
}

/** Puts bugs in, between a server and its disk. */
export interface DiskBugs {
  /** Changes posts before anybody has seen them, the server too. */
  readonly misread?: (post: Post) => void;
  /** Posts as they are committed, one for each. */
  readonly posts?: (posts: readonly Post[]) => readonly Post[];
  /** The number under which a post is kept. */
  readonly sequence?: () => number;
  /** What a read comes back with. */
  // deno-lint-ignore no-explicit-any -- each kind has another result
  readonly found?: (read: ChatRead, found: any) => unknown;
  /** Answers before the commit. */
  readonly isHasty?: boolean;
  /** A write that has failed is never answered. */
  readonly isMute?: boolean;
}

/** Tables on a machine, and the stores of its processes. */
export class ChatDisk {
  readonly tables = new MemoryTables("0123456789abcdef");
  /** Posts that wait for their commit now. */
  posts = 0;
  /** All writes, to make tables that are ahead of the disk. */
  readonly writes: ChatWrite[] = [];
  readonly witness: DiskWitness;
  readonly bugs: DiskBugs;
  /** How long a read takes, in milliseconds. */
  readonly readMs: number;

  constructor(witness: DiskWitness, readMs: number, bugs: DiskBugs = {}) {
    this.witness = witness;
    this.readMs = readMs;
    this.bugs = bugs;
  }

  /** The store as a process has it. */
  storeFor(process: SimProcess): ChatStore {
    this.posts = 0;
    this.witness.began?.();
    return new RequestChatStore(new DiskBackend(this, process));
  }
}

class DiskBackend implements ChatBackend {
  readonly #disk: ChatDisk;
  readonly #process: SimProcess;
  /** What the process believes, where it does not wait for the disk. */
  readonly #ahead: MemoryTables | undefined;
  #calls = 0;
  /** All calls up to this one fail with one that has failed. */
  #failedUpTo = 0;

  constructor(disk: ChatDisk, process: SimProcess) {
    this.#disk = disk;
    this.#process = process;
    if (!disk.bugs.isHasty) return;
    this.#ahead = new MemoryTables("0123456789abcdef");
    for (const write of disk.writes) this.#ahead.write(write);
  }

  async write<W extends ChatWrite>(write: W): Promise<ChatWritten[W["kind"]]> {
    const { witness, bugs } = this.#disk;
    if (write.kind === "append" && bugs.misread !== undefined) write.posts.forEach(bugs.misread);
    const copy = structuredClone(write) as ChatWrite;
    if (copy.kind === "append") witness.handed(copy.posts);
    const committed = this.#commit(copy);
    if (this.#ahead !== undefined) {
      committed.catch(() => {});
      return this.#ahead.write(copy) as ChatWritten[W["kind"]];
    }
    try {
      return await committed as ChatWritten[W["kind"]];
    } catch (error) {
      if (bugs.isMute) await new Promise(() => {});
      throw error;
    }
  }

  async read<R extends ChatRead>(read: R): Promise<ChatFound[R["kind"]]> {
    const { tables, readMs, bugs } = this.#disk;
    const { machine: { sim } } = this.#process;
    const found = await this.#process.guard(
      new Promise<ChatFound[ChatRead["kind"]]>((resolve) => {
        const now = () => resolve((this.#ahead ?? tables).read(read));
        if (readMs === 0) now();
        else sim.clock.after(readMs, now);
      }),
    );
    return (bugs.found?.(read, found) ?? found) as ChatFound[R["kind"]];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** All of it or nothing; when one fails, so do those that were called after it. */
  #commit(write: ChatWrite): Promise<ChatWritten[ChatWrite["kind"]]> {
    const { tables } = this.#disk;
    const { machine: { disk, sim } } = this.#process;
    const call = ++this.#calls;
    const noSpace = () => new StoreError("full", "Cannot write the store: no space left on device");
    const full = () => {
      this.#failedUpTo = this.#calls;
      sim.count("commits that find the disk full");
      return noSpace();
    };
    const posts = write.kind === "append" ? write.posts.length : 0;
    this.#disk.posts += posts;
    const done = () => void (this.#disk.posts -= posts);
    const committed = disk.commit(() => {
      if (call <= this.#failedUpTo) return Promise.reject(noSpace());
      return new Promise<ChatWritten[ChatWrite["kind"]]>((resolve) => {
        const result = this.#write(tables, write);
        if (this.#disk.bugs.isHasty) this.#disk.writes.push(write);
        resolve(result);
      });
    }, full);
    const guarded = this.#process.guard(committed);
    guarded.then(done, done);
    return guarded;
  }

  #write(tables: MemoryTables, write: ChatWrite): ChatWritten[ChatWrite["kind"]] {
    const { bugs: { posts: change, sequence }, witness } = this.#disk;
    if (write.kind !== "append") {
      const result = tables.write(write);
      witness.committed(write, result);
      return result;
    }
    const posts = change?.(write.posts) ?? write.posts;
    const kept = sequence === undefined
      ? posts
      : posts.map((post) => ({ ...post, sequence: sequence() }));
    const results = tables.write({ ...write, posts: kept });
    witness.committed({ ...write, posts }, results);
    return results;
  }
}
