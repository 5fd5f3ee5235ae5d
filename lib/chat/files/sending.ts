/** The bytes of one file as they go out through one connection. */
import type { Connection } from "../../transport/connection.ts";
import type { Start } from "../file_messages.ts";
import { FILE_DATA_BYTES } from "../limits.ts";
import { writeFileDataHead } from "../line_codec.ts";
import { CHAT_BYTES, type ChatKinds, chatService } from "../protocol.ts";
import type { FileAccess, OpenFile } from "./file_access.ts";
import { FileHash } from "./file_hash.ts";
import type { ChunkMark } from "./file_journal.ts";
import type { SentFile } from "./outgoing_file.ts";

/** Bytes that are read at once: whole frames. */
const READ_BYTES = 4 * FILE_DATA_BYTES;

const { kinds } = chatService;

/** The file is not what was offered. */
export class ChangedError extends Error {
  override readonly name = "ChangedError";
}

/** What a {@linkcode Sending} needs. */
export interface SendingOptions {
  readonly files: FileAccess;
  readonly file: SentFile;
  readonly connection: Connection<ChatKinds>;
  readonly start: Start;
  readonly chunkBytes: number;
  /** Ends of chunks that are known, by number; new ones are told to `onMark`. */
  readonly marks: ReadonlyMap<number, ChunkMark>;
  readonly onMark: (chunk: number, mark: ChunkMark) => void;
  /** Told when so many bytes must be read again before the first is sent, because no hash of them is known. */
  readonly onAgain: (bytes: number) => void;
  /** Told how far it is. */
  readonly onBytes: (bytes: number) => void;
}

/** The bytes of one file as they go out through one connection. */
export class Sending {
  /**
   * Resolves with the SHA-256 when all is sent, or with `undefined` when it was stopped or the line is
   * lost. Rejects with {@linkcode ChangedError}, or with an `Error` of one line: it cannot be read.
   */
  readonly done: Promise<string | undefined>;
  readonly #options: SendingOptions;
  #isStopped = false;
  #resume: PromiseWithResolvers<void> | undefined;

  constructor(options: SendingOptions) {
    this.#options = options;
    this.done = this.#run();
  }

  /** Sends nothing more until it is told so: the receiver is slower. */
  pause(isPaused: boolean): void {
    if (isPaused) this.#resume ??= Promise.withResolvers();
    else {
      this.#resume?.resolve();
      this.#resume = undefined;
    }
  }

  /** Sends nothing more at all. */
  stop(): void {
    this.#isStopped = true;
    this.pause(false);
  }

  async #run(): Promise<string | undefined> {
    const { files, file: { path, size }, start, connection } = this.#options;
    using file = await files.openToRead(path);
    await this.#checkSame(file);
    const hash = await this.#hashAt(file, start.offset);
    if (hash === undefined) return undefined;
    const buffer = new Uint8Array(Math.min(READ_BYTES, size));
    for (let at = start.offset; at < size;) {
      const bytes = buffer.subarray(0, Math.min(buffer.length, size - at));
      // Whoever reads before there is room would read it again after an interruption.
      if (!await this.#hasRoom()) return undefined;
      if (await file.readAt(at, bytes) < bytes.length) throw changed(path);
      this.#hash(hash, at, bytes);
      for (let sent = 0; sent < bytes.length; sent += FILE_DATA_BYTES) {
        const piece = bytes.subarray(sent, sent + FILE_DATA_BYTES);
        if (!await this.#send(at + sent, piece)) return undefined;
      }
      at += bytes.length;
      this.#options.onBytes(at);
    }
    await this.#checkSame(file);
    const sha256 = hash.end();
    const { transfer } = start;
    do {
      if (!await this.#hasRoom()) return undefined;
    } while (!connection.send(kinds.fileEnd, { transfer, size, sha256 }));
    return sha256;
  }

  async #checkSame(file: OpenFile): Promise<void> {
    const { path, size, mtimeMs } = this.#options.file;
    const info = await file.info();
    if (info.size !== size || info.mtimeMs !== mtimeMs) throw changed(path);
  }

  /**
   * The hash of what the receiver has. Known from when it was sent; read again where it is not.
   *
   * @throws {ChangedError} when the receiver's last chunk is another than here
   */
  async #hashAt(file: OpenFile, offset: number): Promise<FileHash | undefined> {
    const { marks, chunkBytes, start: { chunkSha256 }, file: { path, size } } = this.#options;
    if (offset === 0) return await FileHash.begin();
    const check = (mark: ChunkMark | undefined) => {
      if (chunkSha256 !== undefined && mark?.sha256 !== chunkSha256) throw changed(path);
    };
    const known = marks.get(offset / chunkBytes);
    if (known !== undefined) {
      check(known);
      const hash = await FileHash.begin(known.state).catch(() => undefined);
      if (hash !== undefined) return hash;
    }
    if (offset % chunkBytes !== 0 || offset > size) throw changed(path);
    this.#options.onAgain(offset);
    const hash = await FileHash.begin();
    const buffer = new Uint8Array(Math.min(READ_BYTES, offset));
    let mark: ChunkMark | undefined;
    for (let at = 0; at < offset;) {
      if (this.#isStopped) return undefined;
      const bytes = buffer.subarray(0, Math.min(buffer.length, offset - at));
      if (await file.readAt(at, bytes) < bytes.length) throw changed(path);
      mark = this.#hash(hash, at, bytes) ?? mark;
      at += bytes.length;
    }
    check(mark);
    return hash;
  }

  /** Hashes bytes at `at`. @returns the end of the last chunk that ends in them */
  #hash(hash: FileHash, at: number, bytes: Uint8Array): ChunkMark | undefined {
    const { chunkBytes, onMark } = this.#options;
    let mark: ChunkMark | undefined;
    for (let done = 0; done < bytes.length;) {
      const piece = bytes.subarray(done, done + chunkBytes - (at + done) % chunkBytes);
      hash.update(piece);
      done += piece.length;
      if ((at + done) % chunkBytes !== 0) continue;
      mark = hash.endChunk();
      onMark((at + done) / chunkBytes, mark);
    }
    return mark;
  }

  async #send(offset: number, bytes: Uint8Array): Promise<boolean> {
    const { connection, start: { transfer } } = this.#options;
    for (;;) {
      if (!await this.#hasRoom()) return false;
      const headBytes = CHAT_BYTES.fileDataHead;
      const writer = connection.reserve(kinds.fileData, headBytes + bytes.length);
      if (writer === undefined) continue;
      writeFileDataHead(writer, { transfer, offset });
      writer.set(bytes, headBytes);
      writer.commit();
      return true;
    }
  }

  /** Waits until the lane is at most half full: so little is on its way when it must pause. */
  async #hasRoom(): Promise<boolean> {
    for (;;) {
      if (this.#isStopped || !await this.#options.connection.writable("bulk")) return false;
      if (this.#isStopped) return false;
      if (this.#resume === undefined) return true;
      await this.#resume.promise;
    }
  }
}

function changed(path: string): ChangedError {
  return new ChangedError(`Cannot send ${path}: it has changed since it was offered`);
}
