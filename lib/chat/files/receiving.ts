/**
 * The bytes of one file as they come through one connection. The handler copies them into one buffer
 * while another is hashed and written; both are as large as the credit, so there is always room, and
 * credit is given back for what is written.
 */
import type { Connection } from "../../transport/connection.ts";
import { HEAD_BYTES } from "../../transport/frame.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import type { FileEnd } from "../file_messages.ts";
import { readFileDataHead } from "../line_codec.ts";
import { CHAT_BYTES, type ChatKinds } from "../protocol.ts";
import type { PartFile } from "./part_file.ts";

/** How it ended: the path of the file, or `undefined` when it was stopped before its end. */
export type Received = { readonly path: string; readonly sha256: string } | undefined;

/** The bytes of one file as they come through one connection. */
export class Receiving {
  readonly part: PartFile;
  /** Resolves when nothing more happens to the file; rejects when it cannot be written or is another. */
  readonly done: Promise<Received>;
  readonly #connection: Connection<ChatKinds>;
  readonly #onBytes: () => void;
  #filling: Buffer;
  #writing: Buffer;
  #next: number;
  #end: FileEnd | undefined;
  #isStopped = false;
  #wake: (() => void) | undefined;

  /** @param onBytes told when some are written */
  constructor(part: PartFile, connection: Connection<ChatKinds>, onBytes: () => void) {
    this.part = part;
    this.#connection = connection;
    this.#onBytes = onBytes;
    this.#next = part.bytes;
    const { bulkCreditBytes } = connection.terms;
    this.#filling = newBuffer(bulkCreditBytes);
    this.#writing = newBuffer(bulkCreditBytes);
    this.done = this.#run().finally(() => {
      this.#isStopped = true;
      this.#release(this.#filling);
      this.#release(this.#writing);
    });
  }

  /** Takes a FILE_DATA. @returns false when it does not follow what came before */
  data(view: FrameView): boolean {
    const frameBytes = HEAD_BYTES + view.length;
    if (this.#isStopped) {
      this.#connection.releaseBulk(frameBytes);
      return true;
    }
    const bytes = view.subarray(CHAT_BYTES.fileDataHead);
    const follows = readFileDataHead(view).offset === this.#next && this.#end === undefined &&
      this.#next + bytes.length <= this.part.head.size;
    const buffer = this.#filling;
    buffer.frameBytes += frameBytes;
    if (!follows) return false;
    buffer.bytes.set(bytes, buffer.length);
    buffer.length += bytes.length;
    this.#next += bytes.length;
    this.#wake?.();
    return true;
  }

  /** Takes the FILE_END. */
  end(end: FileEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }

  /**
   * Takes nothing more. What has come is still written, and if it is all, the file is finished.
   *
   * @param isGivenUp leaves that, too
   */
  stop(isGivenUp = false): void {
    this.#isStopped = true;
    if (isGivenUp) this.#end = undefined;
    this.#wake?.();
  }

  async #run(): Promise<Received> {
    for (;;) {
      if (this.#filling.length === 0) {
        const end = this.#end;
        if (end !== undefined) {
          const path = await this.part.finish(end);
          return { path, sha256: end.sha256 };
        }
        if (this.#isStopped) return undefined;
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = undefined;
        continue;
      }
      const buffer = this.#filling;
      this.#filling = this.#writing;
      this.#writing = buffer;
      await this.part.write(buffer.bytes.subarray(0, buffer.length));
      this.#release(buffer);
      this.#onBytes();
    }
  }

  #release(buffer: Buffer): void {
    const { frameBytes } = buffer;
    buffer.length = buffer.frameBytes = 0;
    if (frameBytes > 0 && this.#connection.isOpen) this.#connection.releaseBulk(frameBytes);
  }
}

interface Buffer {
  readonly bytes: Uint8Array;
  /** Bytes of the file that are in it, */
  length: number;
  /** and the bytes of their frames on the wire. */
  frameBytes: number;
}

function newBuffer(size: number): Buffer {
  return { bytes: new Uint8Array(size), length: 0, frameBytes: 0 };
}
