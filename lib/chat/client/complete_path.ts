/**
 * Paths that could stand where one is typed. Names that begin with a dot are left out until a dot is
 * typed.
 *
 * @param namesIn what is in a folder, folders with a `/` at their end
 */
export function completePath(
  typed: string,
  namesIn: (folder: string) => readonly string[],
): string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const start = typed.slice(folder.length);
  return namesIn(folder === "" ? "." : folder)
    .filter((name) => name.startsWith(start) && (start !== "" || !name.startsWith(".")))
    .sort()
    .map((name) => folder + name);
}
