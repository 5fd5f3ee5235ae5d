/**
 * What one module takes and gives: read out of its text without a compiler, as `deno fmt` lays it
 * out, where each import and export begins a line. All 1,500 files of the project take a second.
 */

/** One `import`, `export … from`, `import()`, or types of a package that a comment names. */
export interface ImportOf {
  readonly specifier: string;
  /** What is taken by name; `*` for everything. */
  readonly names: readonly string[];
  /** Nothing of it is there when the program runs. */
  readonly isType: boolean;
}

/** Something that a module gives. */
export interface ExportOf {
  readonly name: string;
  readonly line: number;
  readonly isDocumented: boolean;
  /** A type or class that another export of the module speaks of: who documents that one needs this too. */
  readonly isSpokenOf: boolean;
}

/** A module, as far as the rules of the project look at it. */
export interface ModuleOf {
  readonly path: string;
  readonly lines: number;
  /** The comment at its head, or an empty string. */
  readonly head: string;
  readonly imports: readonly ImportOf[];
  readonly exports: readonly ExportOf[];
}

const TEMPLATE = /`(?:\\[^]|\$\{(?:[^{}`]|\{[^{}`]*\}|`(?:\\[^]|[^`\\])*`)*\}|[^`\\])*`/;
const PATTERN =
  /(?<=(?:[(,=:[!&|?{};+]|return|=>)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//;
const OPAQUE = new RegExp(
  [
    /\/\/[^\n]*/,
    /\/\*[^]*?\*\//,
    /"(?:\\.|[^"\\\n])*"/,
    /'(?:\\.|[^'\\\n])*'/,
    TEMPLATE,
    PATTERN,
  ].map((part) => part.source).join("|"),
  "g",
);
const IMPORT = /^(?:import|export)\s+(?:(type\s)?([^;"'=()]*?)\s*from\s*)?"([^"\n]+)"/gm;
/** Orders to the compiler and to the linter may come before it. */
const HEAD = /^(?:#!.*\n|\/\/\/.*\n|\/\/ deno-.*\n|\s)*(\/\*[^]*?\*\/|(?:\/\/.*\n)+)/;
const TYPES = /^ *\/\/ @ts-types="([^"\n]+)"/gm;
const DYNAMIC = /(?:(?:const|let)\s*\{([^}]*)\}\s*=\s*await\s+)?\bimport\(\s*"([^"\n]+)",?\s*\)/g;
const EXPORT =
  /^export\s+(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|class|const|let|interface|type|enum|namespace)\s+(?:enum\s+)?([\w$]+)/gm;
const LIST = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;
const DEFAULT = /^export default\b(?! (?:async |abstract )?(?:function|class) \w)/gm;

/** What the module with this text takes and gives. */
export function readModule(path: string, text: string): ModuleOf {
  const code = text.replace(
    OPAQUE,
    (part) => part.startsWith('"') ? part : part.replace(/[^\n]/g, " "),
  );
  return {
    path,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    head: HEAD.exec(text)?.[1] ?? "",
    imports: [...staticImports(code), ...typesOf(text), ...dynamicImports(code)],
    exports: exportsOf(text, code),
  };
}

function* staticImports(code: string): Generator<ImportOf> {
  for (const [, type, clause = "", specifier = ""] of code.matchAll(IMPORT)) {
    const all = namesIn(clause);
    const isType = type !== undefined ||
      (all.length > 0 && !clause.includes("*") && /^\{/.test(clause) &&
        all.every((name) => name.startsWith("type ")));
    yield { specifier, isType, names: all.map((name) => name.replace(/^type /, "")) };
  }
}

/** `Whole, { a, type B as C }` names `default`, `a` and `type B`. */
function namesIn(clause: string): string[] {
  if (clause.includes("*")) return ["*"];
  const [before = "", inside = ""] = clause.split(/[{}]/);
  const names = inside.split(",").map((name) => name.trim().replace(/ as .*$/, "")).filter(Boolean);
  return before.replace(",", "").trim() === "" ? names : ["default", ...names];
}

function* typesOf(text: string): Generator<ImportOf> {
  for (const [, specifier = ""] of text.matchAll(TYPES)) {
    yield { specifier, isType: true, names: ["*"] };
  }
}

function* dynamicImports(code: string): Generator<ImportOf> {
  for (const match of code.matchAll(DYNAMIC)) {
    const [whole, list, specifier = ""] = match;
    const member = /^\)?\s*\.(\w+)/.exec(code.slice(match.index + whole.length))?.[1];
    const names = list !== undefined
      ? list.split(",").map((name) => name.trim().replace(/:.*$/, "")).filter(Boolean)
      : [member === undefined || member === "then" ? "*" : member];
    yield { specifier, isType: false, names };
  }
}

function exportsOf(text: string, code: string): ExportOf[] {
  const declarations = code.split(/^(?=[a-z])/m).filter((part) => part.startsWith("export "));
  const lineOf = (at: number) => text.slice(0, at).split("\n").length;
  return [
    ...[...code.matchAll(EXPORT)].map(({ 1: kind = "", 2: name = "", index }) => ({
      name,
      line: lineOf(index),
      isDocumented: /\*\/\s*(?:\/\/.*\n)*$/.test(text.slice(Math.max(0, index - 400), index)),
      isSpokenOf: /^(?:type|interface|class)$/.test(kind) && isNamed(name, declarations),
    })),
    ...[...code.matchAll(LIST)].flatMap(({ 1: list = "", index }) =>
      list.split(",").map((part) => part.trim()).filter(Boolean).map((part) => ({
        name: part.replace(/^type /, "").replace(/^.* as /, ""),
        line: lineOf(index),
        isDocumented: true, // where it comes from
        isSpokenOf: false,
      }))
    ),
    ...[...code.matchAll(DEFAULT)].map(({ index }) => ({
      name: "default",
      line: lineOf(index),
      isDocumented: /\*\/\s*$/.test(text.slice(0, index)),
      isSpokenOf: false,
    })),
  ];
}

/** Whether another of these declarations names it than its own, which begins with its name. */
function isNamed(name: string, declarations: readonly string[]): boolean {
  const word = new RegExp(`(?<![\\w$.])${name}(?![\\w$])`);
  const own = new RegExp(
    `^export (?:declare |abstract )*(?:type|interface|class) ${name}(?![\\w$])`,
  );
  return declarations.some((text) => !own.test(text) && word.test(text));
}
