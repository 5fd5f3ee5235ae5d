import { type BytePipe, OutputClosed } from "../../../lib/mapreduce/jobs/byte_pipe.ts";

/** Standard input and output in memory. */
export class FakeBytePipe implements BytePipe {
  /** What comes in, read by read. */
  input: readonly Uint8Array[] = [];
  /** Whether nobody reads what goes out. */
  isBroken = false;
  readonly #output: Uint8Array[] = [];

  /** What went out. */
  get text(): string {
    const decoder = new TextDecoder();
    return this.#output.map((bytes) => decoder.decode(bytes, { stream: true })).join("");
  }

  async *read(signal: AbortSignal) {
    for (const bytes of this.input) {
      if (signal.aborted) return;
      const view = bytes.slice();
      yield view;
      view.fill(0xff); // it is valid until the next is asked for
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.isBroken) return Promise.reject(new OutputClosed("nobody reads"));
    this.#output.push(bytes.slice());
    return Promise.resolve();
  }
}
