/**
 * Makes a module that stands alone out of a job: the one import that it may have is replaced, and all
 * others are refused. A thread without permissions may still load modules by `import()` from the disk
 * when tram is an executable, so that none may be left.
 */
import { type Node, parse } from "acorn";
import { JobSyntaxError } from "./job_syntax_error.ts";

/** What `import … from "tram"` means in a job. */
const TRAM_MODULE = "data:text/javascript,export%20const%20defineJob%20%3D%20(job)%20%3D%3E%20job";

interface Found extends Node {
  readonly source?: (Node & { readonly value?: unknown }) | null;
}

const EXPORTS_AND_IMPORTS = new Set([
  ...["ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration"],
]);

/**
 * @param source JavaScript
 * @throws {JobSyntaxError} for a syntax error, and for other imports
 */
export function linkJob(file: string, source: string): string {
  const wrong = (at: Node, why: string) => {
    const { line, column } = at.loc?.start ?? { line: 1, column: 0 };
    return new JobSyntaxError(file, source, { line, column }, why);
  };
  const places: { start: number; end: number }[] = [];
  for (const node of nodesOf(parseJob(file, source))) {
    if (node.type === "ImportExpression") {
      throw wrong(node, 'a job cannot load modules; it is one file, which may import from "tram"');
    }
    const from = EXPORTS_AND_IMPORTS.has(node.type) ? node.source : undefined;
    if (!from) continue;
    if (from.value !== "tram") {
      const name = JSON.stringify(from.value);
      throw wrong(
        from,
        `a job cannot import ${name}; it is one file, which may import from "tram"`,
      );
    }
    places.push(from);
  }
  let linked = source;
  for (const { start, end } of places.sort((a, b) => b.start - a.start)) {
    linked = `${linked.slice(0, start)}${JSON.stringify(TRAM_MODULE)}${linked.slice(end)}`;
  }
  return linked;
}

function parseJob(file: string, source: string): Node {
  try {
    return parse(source, { ecmaVersion: "latest", sourceType: "module", locations: true });
  } catch (error) {
    if (!(error instanceof SyntaxError) || !("loc" in error)) throw error;
    const at = error.loc as { readonly line: number; readonly column: number };
    throw new JobSyntaxError(file, source, at, error.message.replace(/ \(\d+:\d+\)$/, ""));
  }
}

/** All nodes of a tree; a list instead of recursion, so that no source is too deep. */
function* nodesOf(root: Node): Generator<Found, void, void> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null) continue;
    if ("type" in value && typeof value.type === "string" && "start" in value) yield value as Found;
    waiting.push(...Array.isArray(value) ? value : Object.values(value));
  }
}
