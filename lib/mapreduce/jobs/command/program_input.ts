import type { Program } from "../spawner.ts";

/** Bytes that are written at once. */
const WRITE_BYTES = 64 * 1024;

/** Gathers what goes to a program's standard input. */
export class ProgramInput {
  /** The program takes no more: what would come is left out. */
  hasClosed = false;
  readonly #program: Program;
  readonly #onTaken: () => void;
  #buffer = new Uint8Array(WRITE_BYTES);
  #end = 0;

  /** @param onTaken called whenever the program, or its pipe, has taken some */
  constructor(program: Program, onTaken: () => void) {
    this.#program = program;
    this.#onTaken = onTaken;
    void program.ended.then(() => this.hasClosed = true);
  }

  /** Takes bytes; a promise when they must be waited for. */
  write(bytes: Uint8Array): void | Promise<void> {
    if (this.#end + bytes.length <= WRITE_BYTES) {
      this.#buffer.set(bytes, this.#end);
      this.#end += bytes.length;
      return;
    }
    return this.#writeLarge(bytes);
  }

  /** Writes what is left and ends the input. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#program.endInput();
  }

  async #writeLarge(bytes: Uint8Array): Promise<void> {
    await this.#flush();
    if (bytes.length <= WRITE_BYTES) this.write(bytes);
    else await this.#send(bytes);
  }

  async #flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#end);
    if (bytes.length > 0) await this.#send(bytes);
    this.#end = 0;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (this.hasClosed) return;
    try {
      // A program that has ended, or closed its input, need not read all: `head` does not.
      const ended = this.#program.ended.then(() => {});
      await Promise.race([this.#program.write(bytes), ended]);
      this.#onTaken();
    } catch {
      this.hasClosed = true;
    }
  }
}
