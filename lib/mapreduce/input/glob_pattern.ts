/** Patterns of paths: `*` and `?` within a name, `[a-z]` and `[!a-z]`, `**` for any folders. */

const SPECIAL = /[*?[]/;

/** Whether a path is a pattern. */
export function isGlob(path: string): boolean {
  return SPECIAL.test(path);
}

/** A pattern, taken apart. */
export interface GlobPattern {
  /** The folder in front of the first name with a pattern; `""`: where the process is. */
  readonly folder: string;
  /** How many folders below that matches can be. */
  readonly maxDepth: number;
  /** Whether a path below the folder matches; names are separated by `/`. */
  matches(pathBelow: string): boolean;
}

/** Takes a pattern apart. Names that begin with a dot match only a pattern that does, too. */
export function globPattern(pattern: string): GlobPattern {
  const names = pattern.split("/");
  const first = names.findIndex(isGlob);
  const rest = names.slice(first);
  const folder = first === 0 ? "" : names.slice(0, first).join("/") || "/";
  const expression = new RegExp(`^${expressionOf(rest)}$`, "su");
  return {
    folder,
    maxDepth: rest.includes("**") ? Infinity : rest.length,
    matches: (pathBelow) => expression.test(pathBelow),
  };
}

function expressionOf(names: readonly string[]): string {
  return names.map((name, i) => {
    const isLast = i === names.length - 1;
    if (name === "**") return isLast ? "(?:[^/.][^/]*/)*[^/.][^/]*" : "(?:[^/.][^/]*/)*";
    return nameExpression(name) + (isLast ? "" : "/");
  }).join("");
}

function nameExpression(name: string): string {
  let expression = /^[*?[]/.test(name) ? "(?!\\.)" : "";
  for (let at = 0; at < name.length; at++) {
    const letter = name[at] as string;
    const set = letter === "[" ? /^\[(!|\^)?(\]?[^\]]*)\]/u.exec(name.slice(at)) : null;
    if (letter === "*") expression += "[^/]*";
    else if (letter === "?") expression += "[^/]";
    else if (set !== null) {
      const [all, not, letters = ""] = set;
      expression += `(?!/)[${not ? "^" : ""}${letters.replace(/[\\\]^[&~|]/g, "\\$&")}]`;
      at += all.length - 1;
    } else expression += letter.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  }
  return expression;
}
