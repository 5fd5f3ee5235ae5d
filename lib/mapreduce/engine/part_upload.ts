/** Takes the output of one reduce attempt and puts it on the disk under a name of its own. */
import { extendCrc32 } from "../input/extend_crc32.ts";
import type { Folder, FolderFile } from "./folder.ts";

/** The output of one reduce attempt, as it arrives. */
export class PartUpload {
  /** Name of the file until it is committed. */
  readonly file: string;
  readonly #folder: Folder;
  readonly #onFailure: (error: unknown) => void;
  #open: Promise<FolderFile> | undefined;
  /** Ends when all that has come is written. */
  #last: Promise<void>;
  #bytes = 0;
  #crc32 = 0;
  /** Why the disk did not take all of it. */
  #failure: unknown;
  #isOver = false;

  /** @param onFailure told once, when the disk takes no more */
  constructor(folder: Folder, file: string, onFailure: (error: unknown) => void) {
    this.#folder = folder;
    this.file = file;
    this.#onFailure = onFailure;
    this.#last = this.#begin();
  }

  /** Bytes that have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** CRC-32 of what has come. */
  get crc32(): number {
    return this.#crc32;
  }

  /** Takes bytes, which must not change. @param onWritten called when they are on the way to the disk */
  add(bytes: Uint8Array, onWritten: () => void): void {
    this.#bytes += bytes.length;
    this.#crc32 = extendCrc32(this.#crc32, bytes);
    this.#then(async (file) => await file.write(bytes)).finally(onWritten);
  }

  /** Makes all of it durable, under `name`. @throws {FolderError} */
  async commit(name: string): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
    const file = await this.#open;
    if (file === undefined || this.#isOver) throw new Error(`Cannot write ${name}: it was dropped`);
    await file.sync();
    this.#isOver = true;
    file.close();
    await this.#folder.rename(this.file, name);
  }

  /** Takes it away. Never throws. */
  async drop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#last;
    try {
      (await this.#open)?.close();
      await this.#folder.remove(this.file);
    } catch {
      // What stays is taken away when the job is resumed, or is named as a file of this kind.
    }
  }

  #begin(): Promise<void> {
    this.#open = this.#folder.create(this.file);
    return this.#open.then(() => {}, (error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#onFailure(error);
  }

  #then(run: (file: FolderFile) => Promise<void>): Promise<void> {
    return this.#last = this.#last.then(async () => {
      // Behind a hole nothing is written: what is there is never taken for the whole.
      if (this.#isOver || this.#open === undefined || this.#failure !== undefined) return;
      try {
        await run(await this.#open);
      } catch (error) {
        this.#fail(error);
      }
    });
  }
}
