import assert from "node:assert/strict";
import { openInput } from "../../../lib/mapreduce/input/open_input.ts";
import { realInputFiles } from "../../../lib/mapreduce/input/real_input_files.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";

Deno.test("openInput() of a file fails when its size or one of its ends is not what was resolved", async () => {
  const path = Deno.makeTempFileSync({ suffix: ".txt" });
  try {
    const text = "a line\n".repeat(50_000);
    Deno.writeTextFileSync(path, text);
    const [input = assert.fail("no input")] = await resolveInputs([path], realInputFiles);
    await (await openInput(input, realInputFiles))[Symbol.asyncDispose]();
    const changed: Record<string, string> = {
      [`it had ${text.length} bytes, has 7`]: text.slice(0, 7),
      "it has other bytes than it had": `B${text.slice(1)}`,
      "it has other bytes than it had ": `${text.slice(0, -2)}B\n`,
    };
    for (const [why, now] of Object.entries(changed)) {
      Deno.writeTextFileSync(path, now);
      await assert.rejects(openInput(input, realInputFiles), {
        ...{ name: "InputError", code: "changed", message: `has changed: ${why.trim()}` },
      });
    }
  } finally {
    Deno.removeSync(path);
  }
});
