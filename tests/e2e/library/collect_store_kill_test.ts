/** What a store has acknowledged is there after its process was killed, once. */
import assert from "node:assert/strict";
import { openSqliteStore } from "../../../lib/collect/store/sqlite_store.ts";
import { fromSource } from "../root.ts";
import { TempFolder } from "./temp_folder.ts";

const KILLS = 10;

/** Acknowledgements of a writer that was killed `afterMs` after its first one. */
async function killedAfter(path: string, afterMs: number): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fromSource("tests/e2e/library/collect_store_writer.ts"), path],
    stdout: "piped",
    signal: AbortSignal.timeout(30_000),
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL");
  return text.split("\n").slice(0, -1); // the last line may not be whole
}

Deno.test("openSqliteStore() has everything it acknowledged after its process was killed", async () => {
  await using folder = new TempFolder();
  const path = `${folder.path}/store.db`;
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = new Map<string, number>();
    for (const line of await killedAfter(path, Math.random() * 150)) {
      const [session = "", highest] = line.split(" ");
      acknowledged.set(session, Number(highest));
    }
    assert(acknowledged.size > 0);
    await using store = await openSqliteStore(path);
    const rows = new Map<string, number[]>();
    for await (const page of store.export()) {
      for (const { session, sequence, timeUs } of page) {
        assert.equal(timeUs, 10 * sequence);
        const sequences = rows.get(session) ?? [];
        rows.set(session, sequences);
        sequences.push(sequence);
      }
    }
    for (const [session, highest] of acknowledged) {
      const sequences = rows.get(session) ?? [];
      // Each one once and in order, and the highest is what the session is said to have.
      assert(sequences.every((sequence, i) => sequence === i + 1));
      assert(sequences.length >= highest, `${sequences.length} of ${highest}`);
      const found = await store.find(session);
      assert.equal(found?.highestSequence, BigInt(sequences.length));
    }
  }
});
