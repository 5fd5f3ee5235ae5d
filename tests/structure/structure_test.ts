/**
 * The shape of the project, as its own files have it: no file over 300 lines without a reason, no
 * cycle between folders, no export and no package that nobody uses, nothing without a word about it.
 * What exactly is asked stands at each rule; `rules_test.ts` breaks each on purpose.
 */
import { ok } from "node:assert/strict";
import { folderCycles } from "./folder_cycles.ts";
import { edgesOf } from "./graph.ts";
import { longFiles } from "./long_files.ts";
import { type ImportTable, packageFaults } from "./package_faults.ts";
import { readText, readTexts, readTree } from "./read_tree.ts";
import { undocumented } from "./undocumented.ts";
import { unusedExports } from "./unused_exports.ts";

const KERNEL_BUILD = "lib/mapreduce/kernel/assembly/build.json";
const KERNEL_BUILDER = "lib/mapreduce/kernel/build_kernel.ts";

const modules = readTree();
const edges = edgesOf(modules.values());

/** Fails with all that was found, a line each. */
function none(faults: readonly string[]): void {
  ok(faults.length === 0, `\n${faults.join("\n")}`);
}

Deno.test("the project: every import inside leads to a file", () => {
  const inside = edges.filter(({ to }) => to.endsWith(".ts"));
  ok(inside.length > 4000, `${inside.length} imports: the reader does not see them`);
  none(inside.filter(({ to }) => !modules.has(to)).map(({ from, to }) => `${from} imports ${to}`));
});

Deno.test("the project: a file over 300 lines says why", () => {
  none(longFiles([...modules.values(), ...readTexts()]));
});

Deno.test("the project: no two folders need each other", () => {
  none(folderCycles(edges));
});

Deno.test("the project: every export is imported", () => {
  none(unusedExports(modules.values(), edges));
});

Deno.test("the project: every package is used, and the README says what for", () => {
  const importsOf = (path: string): ImportTable => JSON.parse(readText(path)).imports;
  const tables = { "deno.json": importsOf("deno.json"), [KERNEL_BUILD]: importsOf(KERNEL_BUILD) };
  // The compiler of the kernel is loaded by a name in a constant, or an executable would carry it.
  const [compiler = ""] = Object.keys(tables[KERNEL_BUILD] ?? {});
  ok(readText(KERNEL_BUILDER).includes(`"${compiler}"`));
  const loaded = { from: KERNEL_BUILDER, to: compiler, names: ["*"], isType: false };
  none(packageFaults(tables, [...edges, loaded], readText("README.md")));
});

Deno.test("the project: every export of lib and every module of it has a comment", () => {
  none(undocumented([...modules.values()].filter(({ path }) => path.startsWith("lib/"))));
});
