/** Files that others send: offers, what the person says to them, and the transfers. */
import type { Connection } from "../../transport/connection.ts";
import { HEAD_BYTES } from "../../transport/frame.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import type { FileEvent } from "../chat_event.ts";
import type { FileEnd, FileStop, Offered } from "../file_messages.ts";
import { readFileDataHead } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import { type ExchangeParts, messageOf } from "./exchange_parts.ts";
import { IncomingFile, type LiveTransfer } from "./incoming_file.ts";
import { IncomingList } from "./incoming_list.ts";
import { MismatchError } from "./part_file.ts";
import { reasonForOthers } from "./reason_for_others.ts";
import { ReceivedFiles } from "./received_files.ts";
import { sayDone, sayRejected, sayStop } from "./receiver_says.ts";
import { receiveFile } from "./receive_file.ts";
import type { Received } from "./receiving.ts";

/** Codes after which a file may go on. */
const PASSING: ReadonlySet<string> = new Set(["gone", "failed"]);

const { kinds } = chatService;

/** Options of {@linkcode IncomingFiles}. */
export interface IncomingOptions {
  /** Folder that files go to. */
  readonly downloads: string;
  /** Most bytes of a file. */
  readonly maxFileBytes: number;
  /** Accepts every offer. */
  readonly acceptAll: boolean;
}

/** Files that others send. */
export class IncomingFiles {
  readonly #parts: ExchangeParts;
  readonly #options: IncomingOptions;
  readonly #received: ReceivedFiles;
  readonly #items = new IncomingList();
  /** What earlier processes have left in the folder. */
  #found: Promise<void> | undefined;
  #isFound = false;
  /** What is done with files, of those that are over too. */
  readonly #busy = new Set<Promise<void>>();
  /** Offers that came before that is known, and have not been withdrawn. */
  #early: { readonly connection: Connection<ChatKinds>; readonly offered: Offered }[] = [];
  #isClosed = false;

  constructor(parts: ExchangeParts, options: IncomingOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#received = new ReceivedFiles(parts);
  }

  /** Looks for files that an earlier process has begun to receive. */
  find(): Promise<void> {
    return this.#found ??= this.#find().catch(() => {}).then(() => {
      this.#isFound = true; // a folder that cannot be read shows when a file is accepted
      for (const { connection, offered } of this.#early.splice(0)) {
        if (connection.isOpen && !this.#isClosed) this.#offered(connection, offered);
      }
    });
  }

  /** Takes an OFFERED. */
  offered(connection: Connection<ChatKinds>, offered: Offered): void {
    if (this.#isFound) return this.#offered(connection, offered);
    this.#early.push({ connection, offered });
    this.find();
  }

  /** Takes a FILE_DATA. */
  data(connection: Connection<ChatKinds>, view: FrameView): void {
    const item = this.#items.live(connection, readFileDataHead(view).transfer);
    const { receiving } = item?.live ?? {};
    if (item === undefined || receiving === undefined) {
      return connection.releaseBulk(HEAD_BYTES + view.length); // late
    }
    if (receiving.data(view)) return;
    const stop = { code: "failed", message: "what came did not follow what was there" };
    if (item.live !== undefined) sayStop(item.live, stop.code, stop.message);
    this.#lose(item, stop);
  }

  /** Takes a FILE_END. */
  end(connection: Connection<ChatKinds>, end: FileEnd): void {
    this.#items.live(connection, end.transfer)?.live?.receiving?.end(end);
  }

  /** Takes a FILE_STOP. @returns false when it is about none of these files */
  stopped(connection: Connection<ChatKinds>, stop: FileStop): boolean {
    const item = this.#items.live(connection, stop.transfer);
    if (item !== undefined) this.#lose(item, stop);
    const early = this.#early.findIndex(({ connection: by, offered }) => {
      return by === connection && offered.transfer === stop.transfer;
    });
    if (early >= 0) this.#early.splice(early, 1);
    return item !== undefined || early >= 0;
  }

  /** Tells that a connection is over. */
  lost(connection: Connection<ChatKinds>): void {
    for (const item of this.#items.values()) {
      if (item.live?.connection !== connection) continue;
      this.#lose(item, { code: "gone", message: "the line is lost" });
    }
  }

  /** Accepts an offer. @returns false when none of these files has this number and waits */
  accept(number: number): boolean {
    const item = this.#items.get(number);
    if (item?.state !== "offered") return false;
    item.state = "wanted";
    if (item.live !== undefined) this.#begin(item);
    return true;
  }

  /** Rejects an offer. @returns false when none of these files has this number and waits */
  reject(number: number): boolean {
    const item = this.#items.get(number);
    if (item?.state !== "offered") return false;
    if (item.live !== undefined) sayRejected(item.live, "rejected");
    this.#forget(item, "rejected", "rejected");
    return true;
  }

  /** Ends a transfer for good, and takes away what has come. @returns false when it is none of these */
  cancel(number: number): boolean {
    const item = this.#items.get(number);
    if (item === undefined) return false;
    if (item.state === "offered") return this.reject(number);
    const { live } = item;
    if (live !== undefined) sayStop(live, "cancelled", "cancelled");
    item.live = undefined;
    item.state = "over";
    if (live !== undefined) live.stop = { code: "cancelled", message: "cancelled" };
    live?.receiving?.stop(true);
    this.#follow(item, () => this.#received.discard(item.partPath));
    this.#forget(item, "cancelled", "cancelled");
    return true;
  }

  /** The oldest offer that waits for the person. */
  get waiting(): number | undefined {
    return this.#items.waiting;
  }

  /** All that is not over. */
  list(): FileEvent[] {
    return this.#items.events();
  }

  /** Stops everything; it goes on in another process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#found;
    for (const item of this.#items.values()) {
      this.#lose(item, { code: "gone", message: "closed here" });
    }
    await Promise.all(this.#busy);
    await this.#received.tidy();
  }

  async #find(): Promise<void> {
    for (const { path, journal } of await this.#received.find(this.#options.downloads)) {
      const { head, chunks } = journal;
      const item = new IncomingFile(this.#parts.newNumber(), head);
      item.state = "wanted";
      item.partPath = path;
      item.bytes = chunks * head.chunkBytes;
      this.#items.set(item.number, item);
    }
  }

  #offered(connection: Connection<ChatKinds>, offered: Offered): void {
    const live = { connection, transfer: offered.transfer };
    if (this.#received.answer(live, offered)) return;
    const item = this.#items.known(offered) ?? new IncomingFile(this.#parts.newNumber(), offered);
    item.nick = offered.nick;
    this.#lose(item, { code: "gone", message: "offered again" });
    const { maxFileBytes, acceptAll } = this.#options;
    if (item.state === "offered" && item.size > maxFileBytes) {
      const message = `${item.size} bytes, wanted at most ${maxFileBytes}`;
      this.#end(item, "too-large", message);
      return sayRejected(live, message);
    }
    const isNew = !this.#items.has(item.number);
    if (isNew) this.#items.offer(item);
    item.live = live;
    if (item.state === "wanted") return this.#begin(item);
    if (isNew) this.#parts.emit(item.event("offered"));
    if (acceptAll) this.#begin(item);
  }

  #begin(item: IncomingFile): void {
    const { live } = item;
    if (live === undefined) return;
    item.state = "running";
    this.#follow(item, () =>
      this.#receive(item, live).catch((error) => {
        const code = error instanceof MismatchError ? "mismatch" : "failed";
        const stop = live.stop ?? { code, message: messageOf(error) };
        const why = reasonForOthers("it cannot be written there", error);
        if (live.stop === undefined) sayStop(live, code, code === "failed" ? why : stop.message);
        return this.#stopped(item, live, stop);
      }));
  }

  /** Does something when all before it is done with the file. @param run must not reject */
  #follow(item: IncomingFile, run: () => Promise<void>): void {
    const busy: Promise<void> = item.busy.then(run).finally(() => this.#busy.delete(busy));
    item.busy = busy;
    this.#busy.add(busy);
  }

  async #receive(item: IncomingFile, live: LiveTransfer): Promise<void> {
    if (item.state === "over") return; // the one before has finished it
    const isStopped = live.stop !== undefined;
    const { downloads } = this.#options;
    const received = isStopped ? undefined : await receiveFile(this.#parts, downloads, item, live);
    if (received !== undefined) return await this.#finish(item, live, received);
    await this.#stopped(item, live, live.stop ?? { code: "cancelled", message: "cancelled" });
  }

  async #finish(
    item: IncomingFile,
    live: LiveTransfer,
    { path, sha256 }: NonNullable<Received>,
  ): Promise<void> {
    const { key, author, size } = item;
    const next = item.live;
    item.state = "over";
    item.live = undefined;
    item.bytes = size;
    this.#items.delete(item.number);
    this.#received.add({ key, author, size, sha256 });
    // Offered again after the line was lost, while the last bytes were written.
    if (next !== undefined && next !== live) sayDone(next, size, sha256);
    else live.connection.send(kinds.fileDone, { transfer: live.transfer, sha256 });
    await this.#received.tidy(item.partPath);
    this.#parts.emit(item.event("done", { path, sha256 }));
  }

  /** A transfer has ended before its end, and nothing of it is written any more. */
  async #stopped(
    item: IncomingFile,
    live: LiveTransfer,
    { code, message }: NonNullable<LiveTransfer["stop"]>,
  ): Promise<void> {
    if (item.state === "over") return; // and people know
    if (item.live === live) item.live = undefined;
    if (PASSING.has(code)) {
      // Offered again meanwhile: the next attempt follows.
      if (item.live === undefined) item.state = "wanted";
      this.#parts.emit(item.event("stopped", { code, message }));
      return;
    }
    await this.#received.discard(item.partPath);
    this.#end(item, code, message);
  }

  /** The transfer of an item with its connection is over, as far as that goes. */
  #lose(item: IncomingFile, stop: NonNullable<LiveTransfer["stop"]>): void {
    const { live } = item;
    if (live === undefined) return;
    live.stop = { code: stop.code, message: stop.message };
    item.live = undefined;
    const isPassing = PASSING.has(stop.code);
    if (item.state === "running") {
      live.receiving?.stop(!isPassing);
      if (isPassing) item.state = "wanted";
    } else if (!isPassing) this.#end(item, stop.code, stop.message);
  }

  /** It is over, and not to be asked about again. */
  #forget(item: IncomingFile, code: string, message: string): void {
    const { key, author, size } = item;
    this.#received.add({ key, author, size, sha256: "" });
    this.#end(item, code, message);
  }

  #end(item: IncomingFile, code: string, message: string): void {
    item.state = "over";
    item.live = undefined;
    this.#items.delete(item.number);
    this.#parts.emit(item.event("stopped", { code, message }));
  }
}
