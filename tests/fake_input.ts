/** Input for tests. */
import type { Input } from "../lib/context.ts";

/** What is typed, or written by another program, when a test says so. */
export class FakeInput implements Input {
  readonly isTerminal: boolean;
  /** Whether it is raw now. */
  isRaw = false;
  readonly #chunks: Uint8Array[] = [];
  readonly #resizing = new Set<() => void>();
  readonly #exiting = new Set<() => void>();
  #hasEnded = false;
  #wake = () => {};

  /** @param isTerminal whether it is typed; else another program writes it */
  constructor({ isTerminal = true }: { readonly isTerminal?: boolean } = {}) {
    this.isTerminal = isTerminal;
  }

  /** These bytes, or this text as UTF-8, come as one chunk. */
  type(chunk: string | Uint8Array): void {
    this.#chunks.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
    this.#wake();
  }

  /** No more comes. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** The terminal has another size: whoever asked for it is told. */
  resize(): void {
    for (const changed of this.#resizing) changed();
  }

  /** The process ends without having ended anything. */
  exit(): void {
    for (const onExit of this.#exiting) onExit();
    this.isRaw = false;
  }

  async *read(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const wake = () => this.#wake();
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          const view = chunk.slice();
          yield view;
          view.fill(0xff); // as the next chunk would
        } else if (this.#hasEnded) return;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  raw(onExit: () => void = () => {}): Disposable {
    this.isRaw = true;
    this.#exiting.add(onExit);
    return {
      [Symbol.dispose]: () => {
        this.#exiting.delete(onExit);
        this.isRaw = false;
      },
    };
  }

  onResize(changed: () => void): Disposable {
    this.#resizing.add(changed);
    return { [Symbol.dispose]: () => void this.#resizing.delete(changed) };
  }

  /** How many wait to be told of another size. */
  get watchers(): number {
    return this.#resizing.size;
  }
}

/** Input that is no terminal and has nothing in it. */
export function endedInput(): Input {
  const input = new FakeInput({ isTerminal: false });
  input.end();
  return input;
}
