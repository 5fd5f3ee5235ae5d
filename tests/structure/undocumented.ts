/** The rule about documentation, which `deno doc --lint` asks of `mod.ts` alone. */
import type { ModuleOf } from "./read_module.ts";

/** Exports without a comment above them, and modules that export nothing and have none at the head. */
export function undocumented(modules: Iterable<ModuleOf>): string[] {
  return [...modules].flatMap(({ path, head, exports }) =>
    exports.length === 0 && !head.startsWith("/**")
      ? [`${path} has no comment at its head: say what it is for`]
      : exports.filter(({ isDocumented }) => !isDocumented)
        .map(({ name, line }) =>
          `${path}:${line} exports ${name} without a comment: say what it is`
        )
  );
}
