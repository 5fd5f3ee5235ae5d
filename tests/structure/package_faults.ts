/** The rules about packages: each is used, and the README says why it is there. */
import type { Edge } from "./graph.ts";

/** A table of imports, as in `deno.json`. */
export type ImportTable = Readonly<Record<string, string>>;

/**
 * What does not agree: imports that say where a package comes from, names in a table of imports that
 * no file uses, packages that the README's table lacks, and packages in it that are not there.
 *
 * @param tables imports by the file that they are in
 * @param readme text with a table whose middle column names packages, below `## Dependencies`
 */
export function packageFaults(
  tables: Readonly<Record<string, ImportTable>>,
  edges: readonly Edge[],
  readme: string,
): string[] {
  const used = new Set(edges.map(({ to }) => to));
  const rows = Object.entries(tables).flatMap(([file, table]) =>
    Object.entries(table).filter(([, from]) => from.startsWith("npm:"))
      .map(([name, from]) => ({ file, name, package: packageOf(from) }))
  );
  const listed = packagesIn(readme);
  const known = new Set(rows.map((row) => row.package));
  return [
    ...edges.filter(({ to }) => /^(?:npm|jsr|https?):/.test(to)).map(({ from, to }) =>
      `${from} imports ${to} from where it is: give it a name in deno.json`
    ),
    ...rows.filter(({ name }) => !used.has(name))
      .map(({ file, name }) => `${file} has "${name}", which nobody imports: take it away`),
    ...[...known].filter((name) => !listed.has(name))
      .map((name) => `README.md says nothing of ${name}: write into its table what it is for`),
    ...[...listed].filter((name) => !known.has(name))
      .map((name) => `README.md has ${name} in its table, which is no dependency: take it away`),
  ];
}

/** `npm:@noble/hashes@2.4.0/hmac.js` is in `@noble/hashes`. */
function packageOf(specifier: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1] ?? specifier;
}

function packagesIn(readme: string): Set<string> {
  const section = readme.split(/^## /m).find((part) => /^Dependencies\b/.test(part)) ?? "";
  const cells = section.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|")[2] ?? "");
  const names = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
  return new Set(names.filter((name) => /^(?:@[\w-]+\/)?[\w.-]+$/.test(name)));
}
