/**
 * Appends to a store until it is killed, two sessions by turns, and prints each acknowledgement:
 * `SESSION HIGHEST`. Goes on where the store says that the session is.
 */
import { openSqliteStore } from "../../../lib/collect/store/sqlite_store.ts";

const store = await openSqliteStore(Deno.args[0] ?? "");
const encoder = new TextEncoder();

async function appendFor(session: string): Promise<void> {
  let found = await store.find(session);
  if (found === undefined) {
    await store.open(session, new Uint8Array(32), { clientId: session, tokenName: "" });
    found = await store.find(session);
  }
  for (let sequence = Number(found?.highestSequence) + 1;;) {
    const timesUs = Float64Array.from({ length: 1 + sequence % 97 }, (_, i) => 10 * (sequence + i));
    const receivedUs = sequence;
    const batch = { session, firstSequence: sequence, timesUs, receivedUs, correction: undefined };
    const { highestSequence } = await store.append(batch);
    Deno.stdout.writeSync(encoder.encode(`${session} ${highestSequence}\n`));
    sequence = highestSequence + 1;
  }
}

await Promise.all(["ada", "bob"].map(appendFor));
