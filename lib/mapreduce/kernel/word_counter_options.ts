/** What a word is. */
export type Tokens = "whitespace" | "unicode";

/** Which code counts: the twin in TypeScript, or the one in WebAssembly. */
export type Kernel = "plain" | "wasm";

/** How to count words. */
export interface WordCounterOptions {
  readonly kernel: Kernel;
  readonly tokens: Tokens;
  /**
   * Whether case is ignored: of ASCII letters where tokens are split at white space, of all letters
   * where they are Unicode words.
   */
  readonly foldCase: boolean;
  /** Memory for table and keys; a single token larger than this is still counted. */
  readonly memoryBytes: number;
}
