/** Standard input that another program writes. */
import assert from "node:assert/strict";
import { fromSource } from "./root.ts";

Deno.test("realInput() keeps for the next reader what comes after a signal", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", fromSource("tests/e2e/input_process.ts")],
    stdin: "piped",
    stdout: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const writer = child.stdin.getWriter();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  let text = "";
  await write("one\nstop\n");
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.endsWith("stopped\n")) {
      await write("two\nthr");
      await writer.close();
    }
  }
  assert.equal(
    text,
    "first: one\nfirst: stop\nstopped\nsecond: two\nsecond: thr\nnot typed\n",
  );
  assert.equal((await child.status).code, 0);
});
