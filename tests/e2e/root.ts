/** A file of the repository, by its path from the top. */
export function fromSource(path: string): string {
  return `${import.meta.dirname}/../../${path}`;
}
