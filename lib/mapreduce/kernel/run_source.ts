/** Where the bytes of a run come from: a file, or memory. */
export interface RunSource {
  /**
   * Fills the beginning of `buffer`, which is not empty.
   *
   * @returns the bytes read; 0 only at the end.
   */
  read(buffer: Uint8Array): number;
  close(): void;
}
