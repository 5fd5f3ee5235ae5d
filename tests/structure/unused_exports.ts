/** The rule about exports. */
import type { Edge } from "./graph.ts";
import type { ModuleOf } from "./read_module.ts";

/**
 * Exports that no other file imports: what they name is of its own module alone, or of nobody. A test
 * is a user as good as any, what it tests is there for others. What `mod.ts` exports is for
 * everybody, and a type or class that another export speaks of goes with that one.
 */
export function unusedExports(modules: Iterable<ModuleOf>, edges: readonly Edge[]): string[] {
  const used = new Set(
    edges.filter(({ from, to }) => from !== to)
      .flatMap(({ to, names }) => names.map((name) => `${to} ${name}`)),
  );
  return [...modules].filter(({ path }) => path !== "mod.ts" && !used.has(`${path} *`))
    .flatMap(({ path, exports }) =>
      exports.filter(({ name, isSpokenOf }) => !isSpokenOf && !used.has(`${path} ${name}`))
        .map(({ name, line }) =>
          `${path}:${line} exports ${name}, which nobody imports: take "export" away, or the whole`
        )
    );
}
