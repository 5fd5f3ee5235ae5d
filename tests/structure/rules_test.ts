/** Each rule about the shape of the project finds what breaks it, in a project of a few lines. */
import { deepEqual } from "node:assert/strict";
import { folderCycles } from "./folder_cycles.ts";
import { edgesOf } from "./graph.ts";
import { longFiles } from "./long_files.ts";
import { packageFaults } from "./package_faults.ts";
import { readModule } from "./read_module.ts";
import { undocumented } from "./undocumented.ts";
import { unusedExports } from "./unused_exports.ts";

/** Modules by path, with their text. */
type Project = Readonly<Record<string, string>>;

const modulesOf = (project: Project) =>
  Object.entries(project).map(([path, text]) => readModule(path, text));
const edgesIn = (project: Project) => edgesOf(modulesOf(project));
const cyclesIn = (project: Project) =>
  folderCycles(edgesIn(project)).map((line) => line.replace(/ need each other.*$/, ""));
const unusedIn = (project: Project) =>
  unusedExports(modulesOf(project), edgesIn(project))
    .map((line) => line.replace(/ exports (\w+),.*$/, " $1"));

const longText = (head: string) =>
  head + "const a = 1;\n".repeat(301 - head.split("\n").length + 1);

Deno.test("longFiles() finds 301 lines, and is content with a reason at the head", () => {
  const found = (head: string) => longFiles([readModule("a.ts", longText(head))]).length;
  deepEqual(longFiles([readModule("a.ts", longText(""))]), [
    'a.ts has 301 lines: split it where its story parts, or write "Longer than 300 lines: " and ' +
    "the reason into the comment at its head",
  ]);
  deepEqual(found("/**\n * Longer than 300 lines: one table.\n */\n"), 0);
  deepEqual(found("/// <reference lib='x' />\n// Longer than 300 lines: one table.\n"), 0);
  deepEqual(found("/**\n * Longer than 300 lines: \n */\n"), 1);
  deepEqual(found("/** A head. */\n// Longer than 300 lines: not in the head.\n"), 1);
  deepEqual(longFiles([readModule("a.ts", "const a = 1;\n".repeat(300))]), []);
});

Deno.test("folderCycles() finds two folders that need each other, and what makes them", () => {
  const project = {
    "lib/a/x.ts": 'import { y } from "../b/y.ts";\nexport const x = y;\n',
    "lib/b/y.ts": "export const y = 1;\n",
    "lib/b/z.ts": 'import type { X } from "../a/x.ts";\n',
  };
  deepEqual(folderCycles(edgesIn(project)), [
    "lib/a/ and lib/b/ need each other: lib/a/x.ts imports lib/b/y.ts, lib/b/z.ts imports " +
    "lib/a/x.ts; move what both need beside them, or to the one that the other may need",
  ]);
});

Deno.test("folderCycles() finds a way around by a third, at any depth, and an import on demand", () => {
  const project = {
    "lib/t/a/deep/x.ts": 'import "../../b/y.ts";\n',
    "lib/t/b/y.ts": 'export { z } from "../c/z.ts";\n',
    "lib/t/c/z.ts": 'export const z = async () => (await import("../a/deep/x.ts")).x;\n',
  };
  deepEqual(cyclesIn(project), ["lib/t/a/ and lib/t/b/ and lib/t/c/"]);
});

Deno.test("folderCycles() takes a file beside a folder for one, but for the types of lib/context.ts", () => {
  const project = (file: string, type: string) => ({
    [file]: `import ${type} { Store } from "./store/store.ts";\n`,
    "lib/store/open.ts": `import { Context } from "../${file.slice(4)}";\n`,
  });
  deepEqual(cyclesIn(project("lib/app.ts", "type")), ["lib/store/ and lib/app.ts"]);
  deepEqual(cyclesIn(project("lib/context.ts", "")), ["lib/store/ and lib/context.ts"]);
  deepEqual(cyclesIn(project("lib/context.ts", "type")), []);
});

Deno.test("folderCycles() lets folders need each other one way, and files of one folder both", () => {
  deepEqual(
    cyclesIn({
      "lib/a/x.ts": 'import "./y.ts";\nimport "../b/z.ts";\n',
      "lib/a/y.ts": 'import "./x.ts";\n',
      "lib/b/z.ts": 'import "valibot";\n',
    }),
    [],
  );
});

Deno.test("unusedExports() finds what only its own module uses, and what nobody does", () => {
  const project = {
    "lib/a.ts": "export const used = 1;\nexport const own = used;\nexport function dead() {}\n" +
      "export type Lost = 1;\n",
    "tests/a_test.ts": 'import { used as renamed } from "../lib/a.ts";\n',
  };
  deepEqual(unusedIn(project), ["lib/a.ts:2 own", "lib/a.ts:3 dead", "lib/a.ts:4 Lost"]);
});

Deno.test("unusedExports() knows each way in which an export is used", () => {
  const project = {
    "mod.ts": 'export { type A, b } from "./lib/a.ts";\n',
    "lib/a.ts": "export interface A {\n  a: B;\n}\nexport interface B {}\nexport const b = 1;\n",
    "lib/c.ts": "export const c = 1;\nexport const d = 2;\n",
    "lib/d.ts": "export const one = 1;\nexport const two = 2;\n",
    "lib/e.ts": "export default class {}\n",
    "lib/f.ts": "export const f = 1;\n",
    "cli.ts": 'const c = (await import("./lib/c.ts")).c;\nimport * as d from "./lib/d.ts";\n' +
      'import E from "./lib/e.ts";\nconst { d: x } = await import("./lib/c.ts");\n' +
      'const [f] = await Promise.all([import("./lib/f.ts")]);\n',
  };
  deepEqual(unusedIn(project), []);
});

Deno.test("packageFaults() finds a package that is not used, not explained, or not there", () => {
  const readme = "# x\n\n## Dependencies\n\n| need | what | why |\n| --- | --- | --- |\n" +
    "| joining | `deno-std`, imported as `@std/…` | it `is` |\n| other | `gone` | why |\n\n## Limits\n";
  const table = {
    "@std/bytes/concat": "npm:deno-std@1.4.0/bytes/concat.js",
    "@a/b/c": "npm:@a/b@1.0.0/c",
    "idle": "npm:idle@1.0.0",
    "tram": "./mod.ts",
  };
  const edges = edgesIn({
    "a.ts":
      'import "@std/bytes/concat";\nimport type { C } from "@a/b/c";\nimport "npm:direct@1";\n',
  });
  deepEqual(packageFaults({ "deno.json": table }, edges, readme), [
    "a.ts imports npm:direct@1 from where it is: give it a name in deno.json",
    'deno.json has "idle", which nobody imports: take it away',
    "README.md says nothing of @a/b: write into its table what it is for",
    "README.md says nothing of idle: write into its table what it is for",
    "README.md has gone in its table, which is no dependency: take it away",
  ]);
});

Deno.test("undocumented() finds an export without a comment, and a module without a word", () => {
  const project = {
    "lib/a.ts": "/** Said. */\nexport const said = 1;\nexport const silent = 1;\n",
    "lib/b.ts": 'import "./a.ts";\n',
    "lib/c.ts": '/** Said. */\nimport "./a.ts";\n',
    "lib/d.ts":
      "/** Said. */\n// deno-lint-ignore x\nexport class D {\n}\nexport type { A } from 'x';\n",
  };
  deepEqual(undocumented(modulesOf(project)), [
    "lib/a.ts:3 exports silent without a comment: say what it is",
    "lib/b.ts has no comment at its head: say what it is for",
  ]);
});

Deno.test("readModule() does not take comments, strings and templates for code", () => {
  const text =
    '/*\nimport "a";\n*/\nconst a = `\nimport "b";\nexport const c = ${`\n` + "`"};\n`;\n' +
    "// import 'd'\nconst e = \"\\\"import('f')\";\nconst g = /[`/\"]/g;\n" +
    'import {\n  type H,\n  i as j,\n} from "./k.ts";\nexport type L = 1;\n';
  const { imports, exports, lines } = readModule("x.ts", text);
  deepEqual(imports, [{ specifier: "./k.ts", names: ["H", "i"], isType: false }]);
  deepEqual(exports.map(({ name, line }) => [name, line]), [["L", 16]]);
  deepEqual(lines, 16);
});
