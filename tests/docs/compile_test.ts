import assert from "node:assert/strict";
import { compileArguments, namedParts, usedImports } from "../../docs/compile.ts";

Deno.test("namedParts() finds threads and assets at any depth, in order, and nothing else", () => {
  const folder = Deno.makeTempDirSync({ prefix: "tram-test-" });
  try {
    for (const path of ["b/deep/assets/assets", "a", "c"]) {
      Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
    }
    for (const file of ["a/pace_thread.ts", "a/thread.ts", "a/x.ts", "b/deep/store_thread.ts"]) {
      Deno.writeTextFileSync(`${folder}/${file}`, "");
    }
    assert.deepEqual(
      namedParts(folder).map((path) => path.slice(folder.length + 1)),
      ["a/pace_thread.ts", "b/deep/assets", "b/deep/store_thread.ts"],
    );
    assert.deepEqual(namedParts(`${folder}/c`), []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("usedImports() leaves out what no source names", () => {
  const imports = { "a": "npm:a@1.0.0", "a/b": "npm:a@1.0.0/b.js", "@c/d": "npm:@c/d@1.0.0" };
  const sources = ['import { x } from "a/b";', 'await import("@c/d")'];
  assert.deepEqual(Object.keys(usedImports(imports, sources)), ["a/b", "@c/d"]);
});

Deno.test("compileArguments() leaves the configuration to who names one", () => {
  assert(compileArguments([], []).includes(".compile.json"));
  for (const extra of [["--config", "x.json"], ["-c", "x.json"], ["--no-config"]]) {
    assert(!compileArguments([], extra).includes(".compile.json"), extra.join(" "));
  }
});

Deno.test("compileArguments() passes further arguments on, before the module", () => {
  const args = compileArguments(["lib/a_thread.ts"], ["--target", "aarch64-apple-darwin"]);
  assert.equal(args.at(-1), "cli.ts");
  assert.deepEqual(args.slice(args.indexOf("--include")), [
    "--include",
    "lib/a_thread.ts",
    "--target",
    "aarch64-apple-darwin",
    "cli.ts",
  ]);
  assert.equal(args[args.indexOf("--output") + 1], "dist/tram");
});

for (const extra of [["--output", "x"], ["--output=x"], ["-o", "x"], ["-ox"]]) {
  Deno.test(`compileArguments() names no output of its own beside ${extra.join(" ")}`, () => {
    assert(!compileArguments([], extra).includes("dist/tram"));
  });
}
