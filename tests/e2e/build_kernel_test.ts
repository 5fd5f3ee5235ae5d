/** Building the kernel: in a process of its own, since only its own configuration has the compiler. */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const KERNEL = new URL("lib/mapreduce/kernel/", ROOT);

Deno.test("build_kernel.ts makes the bytes that are kept in assets", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tram-test-" });
  try {
    const config = new URL("assembly/build.json", KERNEL).pathname;
    const main = new URL("build_kernel.ts", KERNEL).pathname;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", config, main, `${folder}/kernel.wasm`],
      stdout: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const built = await Deno.readFile(`${folder}/kernel.wasm`);
    const kept = await Deno.readFile(new URL("assets/kernel.wasm", KERNEL));
    assert(
      built.length === kept.length && built.every((byte, at) => byte === kept[at]),
      "kernel.wasm is not what its source makes: deno task build:kernel",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno.lock has no compiler, which an executable would carry", async () => {
  const lock = await Deno.readTextFile(new URL("deno.lock", ROOT));
  assert.doesNotMatch(lock, /"(npm:)?(assemblyscript|binaryen)@/);
});
