/**
 * SHA-256 of a file while it passes: of the whole, in a form that can be kept and gone on from, and of
 * each chunk. The runtime's own hash is several times as fast, but its state cannot be kept; it does
 * the chunks.
 */
import type { Hash } from "node:crypto";
import type { IHasher } from "hash-wasm";
// @ts-types="../../types/std_hex.d.ts"
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { ChunkMark } from "./file_journal.ts";

/** SHA-256 of a file while it passes. */
export class FileHash {
  readonly #whole: IHasher;
  readonly #newChunk: () => Hash;
  #chunk: Hash;

  private constructor(whole: IHasher, newChunk: () => Hash) {
    this.#whole = whole;
    this.#newChunk = newChunk;
    this.#chunk = newChunk();
  }

  /**
   * Begins, at the start of the file or after a chunk.
   *
   * @param state that a {@linkcode ChunkMark} has
   * @throws {Error} when it is none, or one of another version
   */
  static async begin(state?: string): Promise<FileHash> {
    const [{ createSHA256 }, { createHash }] = await Promise.all([
      import("hash-wasm"), // loaded when a file is sent or received
      import("node:crypto"),
    ]);
    const whole = await createSHA256();
    whole.init();
    if (state !== undefined) whole.load(decodeHex(state));
    return new FileHash(whole, () => createHash("sha256"));
  }

  /** Goes on. */
  update(bytes: Uint8Array): void {
    this.#whole.update(bytes);
    this.#chunk.update(bytes);
  }

  /** Ends a chunk. */
  endChunk(): ChunkMark {
    const sha256 = this.#chunk.digest("hex");
    this.#chunk = this.#newChunk();
    return { sha256, state: encodeHex(this.#whole.save()) };
  }

  /** SHA-256 of the whole, as 64 hexadecimal digits; nothing can follow. */
  end(): string {
    return this.#whole.digest("hex");
  }
}
