/** Files that others send: offers, what the person says to them, and the transfers. */
import type { Connection } from "../../transport/connection.ts";
import { HEAD_BYTES } from "../../transport/frame.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import type { FileEvent } from "../client/chat_event.ts";
import type { FileEnd, FileStop, Offered } from "../file_messages.ts";
import { readFileDataHead } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import { type ExchangeParts, messageOf } from "./exchange_parts.ts";
import { IncomingFile, type LiveTransfer } from "./incoming_file.ts";
import { MismatchError, PartFile } from "./part_file.ts";
import { ProgressPace } from "./progress_pace.ts";
import { ReceivedKeys } from "./received_keys.ts";
import { type Received, Receiving } from "./receiving.ts";
import { JOURNAL_ENDING } from "./safe_file_name.ts";

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
  readonly #received: ReceivedKeys;
  readonly #items = new Map<number, IncomingFile>();
  /** What earlier processes have left in the folder. */
  #found: Promise<void> | undefined;
  #isFound = false;
  /** Offers that came before that is known, and have not been withdrawn. */
  #early: { readonly connection: Connection<ChatKinds>; readonly offered: Offered }[] = [];
  #isClosed = false;

  constructor(parts: ExchangeParts, options: IncomingOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#received = new ReceivedKeys(parts.notes);
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
    const item = this.#liveItem(connection, readFileDataHead(view).transfer);
    const { receiving } = item?.live ?? {};
    if (item === undefined || receiving === undefined) {
      return connection.releaseBulk(HEAD_BYTES + view.length); // late
    }
    if (receiving.data(view)) return;
    this.#stopLive(item, { code: "failed", message: "what came did not follow what was there" });
  }

  /** Takes a FILE_END. */
  end(connection: Connection<ChatKinds>, end: FileEnd): void {
    this.#liveItem(connection, end.transfer)?.live?.receiving?.end(end);
  }

  /** Takes a FILE_STOP. @returns false when it is about none of these files */
  stopped(connection: Connection<ChatKinds>, stop: FileStop): boolean {
    const item = this.#liveItem(connection, stop.transfer);
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
    const { live } = item;
    const answer = { isAccepted: false, offset: 0, reason: "rejected" };
    live?.connection.send(kinds.answer, { transfer: live.transfer, ...answer });
    this.#forget(item, "rejected", "rejected");
    return true;
  }

  /** Ends a transfer for good, and takes away what has come. @returns false when it is none of these */
  cancel(number: number): boolean {
    const item = this.#items.get(number);
    if (item === undefined) return false;
    if (item.state === "offered") return this.reject(number);
    this.#tellStop(item, { code: "cancelled", message: "cancelled" });
    const { live } = item;
    item.live = undefined;
    item.state = "over";
    if (live !== undefined) live.stop = { code: "cancelled", message: "cancelled" };
    live?.receiving?.stop(true);
    item.busy = item.busy.then(() => this.#discard(item));
    this.#forget(item, "cancelled", "cancelled");
    return true;
  }

  /** The oldest offer that waits for the person. */
  get waiting(): number | undefined {
    for (const { number, state } of this.#items.values()) if (state === "offered") return number;
    return undefined;
  }

  /** All that is not over. */
  list(): FileEvent[] {
    const states = { offered: "offered", wanted: "stopped", running: "progress", over: "stopped" };
    return [...this.#items.values()].map((item) =>
      item.event(states[item.state] as FileEvent["state"])
    );
  }

  /** Stops everything; it goes on in another process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#found;
    const items = [...this.#items.values()];
    for (const item of items) this.#lose(item, { code: "gone", message: "closed here" });
    await Promise.all(items.map(({ busy }) => busy));
  }

  async #find(): Promise<void> {
    const { files, newNumber } = this.#parts;
    const { downloads } = this.#options;
    for (const name of await files.list(downloads)) {
      if (!name.endsWith(JOURNAL_ENDING)) continue;
      const path = `${downloads}/${name.slice(0, -JOURNAL_ENDING.length)}`;
      const journal = await PartFile.look(files, path).catch(() => undefined);
      if (journal === undefined) continue;
      const item = new IncomingFile(newNumber(), journal.head);
      item.state = "wanted";
      item.partPath = path;
      item.bytes = journal.chunks * journal.head.chunkBytes;
      this.#items.set(item.number, item);
    }
  }

  #offered(connection: Connection<ChatKinds>, offered: Offered): void {
    const { transfer, key, author } = offered;
    const reject = (reason: string) => {
      connection.send(kinds.answer, { transfer, isAccepted: false, offset: 0, reason });
    };
    const known = this.#received.get(key, author);
    if (known !== undefined) {
      if (known.sha256 === "" || known.size !== offered.size) return reject("rejected before");
      return sayDone({ connection, transfer }, known.size, known.sha256);
    }
    const item = this.#itemOf(offered);
    item.nick = offered.nick;
    this.#lose(item, { code: "gone", message: "offered again" });
    const { maxFileBytes, acceptAll } = this.#options;
    if (item.state === "offered" && item.size > maxFileBytes) {
      const message = `${item.size} bytes, wanted at most ${maxFileBytes}`;
      this.#end(item, "too-large", message);
      return reject(message);
    }
    const isNew = !this.#items.has(item.number);
    this.#items.set(item.number, item);
    item.live = { connection, transfer };
    if (item.state === "wanted") return this.#begin(item);
    if (isNew) this.#parts.emit(item.event("offered"));
    if (acceptAll) this.#begin(item);
  }

  #itemOf(offered: Offered): IncomingFile {
    for (const item of this.#items.values()) {
      const { key, author, size } = item;
      // The key alone proves nothing: each member of a room knows it.
      if (key === offered.key && author === offered.author && size === offered.size) return item;
    }
    return new IncomingFile(this.#parts.newNumber(), offered);
  }

  #liveItem(connection: Connection<ChatKinds>, transfer: number): IncomingFile | undefined {
    for (const item of this.#items.values()) {
      if (item.live?.transfer === transfer && item.live.connection === connection) return item;
    }
    return undefined;
  }

  #begin(item: IncomingFile): void {
    const { live } = item;
    if (live === undefined) return;
    item.state = "running";
    item.busy = item.busy.then(() => this.#receive(item, live)).catch((error) => {
      const code = error instanceof MismatchError ? "mismatch" : "failed";
      const stop = live.stop ?? { code, message: messageOf(error) };
      if (live.stop === undefined) this.#tellStop(item, stop);
      return this.#stopped(item, live, stop);
    });
  }

  /** Receives through one connection, from the answer to the last byte that came. */
  async #receive(item: IncomingFile, live: LiveTransfer): Promise<void> {
    if (item.state === "over") return; // the one before has finished it
    if (live.stop !== undefined) return this.#stopped(item, live, live.stop);
    const part = await this.#open(item);
    let received: Received;
    try {
      const { clock, emit } = this.#parts;
      item.partPath = part.path;
      const { bytes: offset, last } = part;
      item.bytes = offset;
      if (live.stop !== undefined) return await this.#stopped(item, live, live.stop);
      const pace = new ProgressPace(clock.monotonicNs());
      live.receiving = new Receiving(part, live.connection, () => {
        item.bytes = part.bytes;
        if (pace.isDue(clock.monotonicNs())) emit(item.event("progress"));
      });
      const { transfer, connection } = live;
      const chunk = last === undefined ? {} : { chunkSha256: last.sha256 };
      connection.send(kinds.answer, { transfer, isAccepted: true, offset, ...chunk });
      emit(item.event("started", offset > 0 ? { resumedFrom: offset } : {}));
      received = await live.receiving.done;
    } finally {
      await part.close();
    }
    if (received !== undefined) return await this.#finish(item, live, received);
    await this.#stopped(item, live, live.stop ?? { code: "cancelled", message: "cancelled" });
  }

  async #open(item: IncomingFile): Promise<PartFile> {
    const { files, chunkBytes } = this.#parts;
    const { key, author, nick, name, size, partPath } = item;
    const part = partPath === undefined ? undefined : await PartFile.resume(files, partPath);
    if (part !== undefined) return part;
    if (partPath !== undefined) await PartFile.remove(files, partPath);
    const head = { key, author, nick, name, size, chunkBytes };
    return await PartFile.create(files, this.#options.downloads, head);
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
    await this.#discard(item);
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
    await this.#discard(item);
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

  /** Stops from here: the sender is told. */
  #stopLive(item: IncomingFile, stop: NonNullable<LiveTransfer["stop"]>): void {
    this.#tellStop(item, stop);
    this.#lose(item, stop);
  }

  #tellStop({ live, key }: IncomingFile, stop: NonNullable<LiveTransfer["stop"]>): void {
    live?.connection.send(kinds.fileStop, { transfer: live.transfer, key, ...stop });
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

  async #discard({ partPath }: IncomingFile): Promise<void> {
    // What cannot be taken away stays; nobody relies on it.
    if (partPath !== undefined) await PartFile.remove(this.#parts.files, partPath).catch(() => {});
  }
}

/** Tells that a file is here already: only the word of it was lost. */
function sayDone(
  { connection, transfer }: Pick<LiveTransfer, "connection" | "transfer">,
  size: number,
  sha256: string,
): void {
  connection.send(kinds.answer, { transfer, isAccepted: true, offset: size });
  connection.send(kinds.fileDone, { transfer, sha256 });
}
