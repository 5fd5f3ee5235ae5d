import assert from "node:assert/strict";
import { fromSource } from "../e2e/root.ts";

Deno.test("the gate runs the commands that the README begins with, as they stand there", () => {
  const readme = Deno.readTextFileSync(fromSource("README.md"));
  const block = /```sh\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const commands = block.trim().split("\n").map((line) => line.replace(/\s+#.*/, ""));
  assert.equal(commands.length, 2);
  const gate = Deno.readTextFileSync(fromSource(".ci/run")).split("\n");
  for (const command of commands) {
    const runs = gate.filter((line) => /^(?:check|tests) "[^"]+" /.test(line))
      .map((line) => line.replace(/^\w+ "[^"]+" /, ""));
    assert(runs.includes(command), `.ci/run does not run: ${command}`);
  }
});
