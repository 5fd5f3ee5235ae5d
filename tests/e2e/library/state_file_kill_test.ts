/** State files on a real disk, and that a killed client loses nothing that it said it had. */
import assert from "node:assert/strict";
import { realStateFiles } from "../../../lib/transport/session/real_state_files.ts";
import { StateFile } from "../../../lib/transport/session/state_file.ts";
import { wait, withFolder } from "../processes.ts";
import { fromSource } from "../root.ts";

const KILLS = 12;
const DEADLINE_MS = 60_000;

const codec = {
  encode: (word: string) => new TextEncoder().encode(word),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

/** Runs the process for `liveMs` after it is ready, and kills it; gives what it had written. */
async function runAndKill(path: string, liveMs: number): Promise<string> {
  const script = fromSource("tests/e2e/library/state_process.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, path],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  let kill: Promise<void> | undefined;
  for await (const part of child.stdout) {
    text += decoder.decode(part, { stream: true });
    if (text.startsWith("ready")) kill ??= wait(liveMs).then(() => child.kill("SIGKILL"));
  }
  await kill;
  await child.status;
  return text;
}

/** The highest number that was said with `letter`; whole lines only. */
function highest(text: string, letter: string): number {
  const numbers = [...text.matchAll(new RegExp(`^${letter} (\\d+)\\n`, "gm"))];
  return Math.max(0, ...numbers.map(([, number]) => Number(number)));
}

Deno.test("StateFile has all that a killed process said it had, and always opens", () =>
  withFolder(async (folder) => {
    const path = `${folder}/numbered/default.state`;
    let durable = 0;
    let sent = 0;
    let acknowledged = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const text = await runAndKill(path, 5 + Math.random() * 120);
      durable = Math.max(durable, highest(text, "s"));
      sent = Math.max(sent, highest(text, "w"));
      acknowledged = Math.max(acknowledged, highest(text, "a"));
      const state = await StateFile.open(realStateFiles, path, { codec });
      assert.ok(state !== undefined, "a dead process has no lock");
      const { outbox } = state;
      const where = `after kill ${kill}`;
      assert.notEqual(state.damage?.kind, "damaged", where);
      assert(outbox.lastSequence >= durable, `${outbox.lastSequence} of ${durable} ${where}`);
      assert(outbox.lastSequence >= sent, `${outbox.lastSequence} of ${sent} sent ${where}`);
      assert(outbox.acknowledgedSequence <= acknowledged, where);
      let expected = outbox.acknowledgedSequence;
      for (const { sequence, value } of outbox.entries()) {
        assert.equal(sequence, ++expected, where);
        assert.equal(value, `${sequence} ${"x".repeat(sequence % 300)}`, where);
      }
      assert.equal(expected, outbox.lastSequence, where);
      await state.close();
    }
    assert(durable > 100, `only ${durable} were ever durable`);
  }));

Deno.test("realStateFiles gives a file to one process at a time, and to nobody else to read", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a/b/default.state`;
    const first = await StateFile.open(realStateFiles, path, { codec });
    assert.ok(first !== undefined);
    first.add("a");
    await first.sync();
    assert.equal(await realStateFiles.open(path), undefined);
    const other = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", fromSource("tests/e2e/library/state_process.ts"), path],
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const { stderr } = await other.output();
    assert.match(new TextDecoder().decode(stderr), /somebody has it/);
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
      assert.equal((await Deno.stat(`${folder}/a`)).mode! & 0o777, 0o700);
    }
    await first.close();
    const again = await StateFile.open(realStateFiles, path, { codec });
    assert.equal(again?.outbox.size, 1);
    await again?.close();
    if (Deno.build.os === "windows") return;
    await Deno.chmod(path, 0o644);
    await assert.rejects(
      StateFile.open(realStateFiles, path, { codec }),
      /^Error: Cannot use .*: others may read it \(mode 644\); run "chmod 600" on it$/,
    );
  }));
