/** Which module of the project takes what from which other. */
import type { ModuleOf } from "./read_module.ts";

/** One module that takes something from another. */
export interface Edge {
  readonly from: string;
  /** Path from the root, or a bare name as `valibot`. */
  readonly to: string;
  readonly names: readonly string[];
  readonly isType: boolean;
}

/** All edges between modules, and to packages. */
export function edgesOf(modules: Iterable<ModuleOf>): Edge[] {
  return [...modules].flatMap(({ path, imports }) =>
    imports.map(({ specifier, names, isType }) => ({
      from: path,
      to: resolve(path, specifier),
      names,
      isType,
    }))
  );
}

function resolve(path: string, specifier: string): string {
  if (specifier === "tram") return "mod.ts";
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
