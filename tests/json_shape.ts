/** The shape of JSON values, as lines of text: what a program that reads them may rely on. */

/** Paths of a value and the types that stand there: `blame.slow: number`. */
function collect(value: unknown, path: string, into: Map<string, Set<string>>): void {
  const types = into.get(path) ?? new Set();
  into.set(path, types);
  if (value === null) types.add("null");
  else if (Array.isArray(value)) {
    types.add("array");
    for (const each of value) collect(each, `${path}[]`, into);
  } else if (typeof value === "object") {
    types.add("object");
    for (const [key, each] of Object.entries(value)) {
      collect(each, path === "" ? key : `${path}.${key}`, into);
    }
  } else types.add(typeof value);
}

/** The shape that several values of one kind have together, in the order of the first one. */
export function jsonShape(values: readonly unknown[]): string {
  const paths = new Map<string, Set<string>>();
  for (const value of values) collect(value, "", paths);
  return [...paths]
    .filter(([path]) => path !== "")
    .map(([path, types]) => `${path}: ${[...types].sort().join(" | ")}\n`)
    .join("");
}
