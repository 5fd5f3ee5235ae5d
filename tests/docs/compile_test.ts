import assert from "node:assert/strict";
import {
  compileArguments,
  eachTarget,
  namedParts,
  sumsOf,
  targetOf,
  TARGETS,
  usedImports,
} from "../../docs/compile.ts";

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
  assert.equal(args[args.indexOf("--output") + 1], "dist/tram-aarch64-apple-darwin");
});

Deno.test("compileArguments() makes a file for each platform", () => {
  const outputOf = (...extra: string[]) => {
    const args = compileArguments([], extra);
    return args[args.indexOf("--output") + 1];
  };
  assert.equal(outputOf(), "dist/tram");
  assert.equal(outputOf("--target=x86_64-pc-windows-msvc"), "dist/tram-x86_64-pc-windows-msvc.exe");
});

Deno.test("eachTarget() takes all for each platform, and leaves the rest as it is", () => {
  assert.deepEqual(eachTarget(["--quiet"]), [["--quiet"]]);
  assert.deepEqual(eachTarget(["--target", "x", "-q"]), [["--target", "x", "-q"]]);
  for (
    const all of [["-q", "--target", "all", "--no-check"], ["-q", "--target=all", "--no-check"]]
  ) {
    const each = eachTarget(all);
    assert.deepEqual(each.map(targetOf), TARGETS);
    for (const extra of each) assert.deepEqual(extra.slice(2), ["-q", "--no-check"]);
  }
});

Deno.test("sumsOf() gives what sha256sum --check takes", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "tram-test-" });
  try {
    Deno.writeTextFileSync(`${folder}/b`, "abc");
    Deno.writeTextFileSync(`${folder}/a`, "");
    Deno.writeTextFileSync(`${folder}/SHA256SUMS`, "old");
    assert.equal(
      await sumsOf(folder),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n" +
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n",
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

for (const extra of [["--output", "x"], ["--output=x"], ["-o", "x"], ["-ox"]]) {
  Deno.test(`compileArguments() names no output of its own beside ${extra.join(" ")}`, () => {
    assert(!compileArguments([], extra).includes("dist/tram"));
  });
}
