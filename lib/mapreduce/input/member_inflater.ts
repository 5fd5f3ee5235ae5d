/** Unpacks one member of gzip, piece by piece, however large it is. */
import { Buffer } from "node:buffer";
import { createInflateRaw } from "node:zlib";
import { extendCrc32 } from "./extend_crc32.ts";

/** So many bytes within a stream unpack to something. */
const TELLING_BYTES = 32 * 1024;

/** Unpacks the raw deflate stream of one member. */
export class MemberInflater {
  readonly #stream = createInflateRaw({ chunkSize: 256 * 1024 });
  #unpacked: Uint8Array[] = [];
  #crc = 0;
  #size = 0;
  #isDone = false;
  #isFailed = false;
  #isCut = false;
  #wake: () => void = () => {};

  constructor() {
    this.#stream.on("data", (bytes: Uint8Array) => {
      this.#unpacked.push(bytes);
      this.#crc = extendCrc32(this.#crc, bytes);
      this.#size += bytes.length;
    });
    this.#stream.on("end", () => {
      this.#isDone = true;
      this.#wake();
    });
    this.#stream.on("error", (error: Error & { readonly code?: string }) => {
      if (error.code === "Z_BUF_ERROR") this.#isCut = true;
      else this.#isFailed = true;
      this.#wake();
    });
  }

  /** The deflate stream has come to its end, maybe some bytes ago. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** There are no more bytes, and the deflate stream had not come to its end. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The bytes are no deflate stream. */
  get isFailed(): boolean {
    return this.#isFailed;
  }

  /** What stands behind the stream if all is well: checksum and size of what was unpacked. */
  trailer(): Uint8Array {
    const trailer = new Uint8Array(8);
    new DataView(trailer.buffer).setUint32(0, this.#crc, true);
    new DataView(trailer.buffer).setUint32(4, this.#size % 2 ** 32, true);
    return trailer;
  }

  /** Takes the next bytes. @returns what they unpack to */
  async push(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    const unpacked = await this.#step((done) => this.#stream.write(Buffer.from(bytes), done));
    // Deno 2.4 says nothing at the end of a stream and takes whatever comes behind it.
    if (unpacked.length === 0 && bytes.length >= TELLING_BYTES) this.#isDone = true;
    return unpacked;
  }

  /** No more bytes. @returns what was left */
  finish(): Promise<readonly Uint8Array[]> {
    return this.#step(() => this.#stream.end());
  }

  /** Frees what it holds. */
  close(): void {
    this.#stream.destroy();
  }

  async #step(run: (done: () => void) => void): Promise<readonly Uint8Array[]> {
    if (!this.#isDone && !this.#isFailed && !this.#isCut) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      run(() => resolve());
      await promise;
    }
    const unpacked = this.#unpacked;
    this.#unpacked = [];
    return unpacked;
  }
}
