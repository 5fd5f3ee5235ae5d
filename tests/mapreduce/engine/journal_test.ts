import assert from "node:assert/strict";
import fc from "fast-check";
import {
  Journal,
  JOURNAL_NAME,
  journalState,
  readJournal,
} from "../../../lib/mapreduce/engine/journal.ts";
import {
  decodeJournal,
  encodeJournalLine,
  type JournalLine,
} from "../../../lib/mapreduce/engine/journal_line.ts";
import { MemoryFolder } from "./memory_folder.ts";

const part = { startByte: 0, bytes: 10, records: 1, crc32: 7 };
const said = { counters: { "map.records": 3 }, skipped: [] };
const lines: readonly JournalLine[] = [
  { type: "job", version: 1, run: "run-1", fingerprint: "f" },
  { type: "epoch", epoch: 1 },
  {
    ...{ type: "map", epoch: 1, kind: "map", task: 0, attempt: 1, worker: "a", ...said },
    ...{ parts: [part], problems: [] },
  },
  { type: "lost", task: 1, message: "ein Ümlaut\nund mehr" },
  { type: "epoch", epoch: 2 },
  {
    ...{ type: "map", epoch: 2, kind: "map", task: 0, attempt: 4, worker: "b", ...said },
    ...{ parts: [part], problems: [] },
  },
  {
    ...{ type: "reduce", epoch: 2, kind: "reduce", task: 5, attempt: 1, worker: "b", ...said },
    ...{ bytes: 9, crc32: 1 },
  },
  { type: "end", outcome: "done" },
];
const encoded = lines.map((line) => encodeJournalLine(line));
const whole = new Uint8Array(encoded.flatMap((bytes) => [...bytes]));

Deno.test("decodeJournal() takes the whole lines of a journal that is cut anywhere", () => {
  for (let length = 0; length <= whole.length; length++) {
    const { lines: read, keepBytes } = decodeJournal(whole.subarray(0, length));
    assert(keepBytes <= length);
    assert.deepEqual(read, lines.slice(0, read.length));
    const sizes = encoded.slice(0, read.length).reduce((sum, bytes) => sum + bytes.length, 0);
    assert.equal(keepBytes, sizes);
    const next = encoded[read.length];
    assert(next === undefined || keepBytes + next.length > length, "no whole line is left out");
  }
});

Deno.test("decodeJournal() believes nothing from a changed byte on", () => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bad = whole.slice();
      bad[at] = (bad[at] ?? 0) ^ change;
      const { lines: read, keepBytes } = decodeJournal(bad);
      assert(keepBytes <= at);
      assert.deepEqual(read, lines.slice(0, read.length));
    }),
  );
});

Deno.test("journalState() knows the newest winner of each task", () => {
  const { run, epoch, maps, reduces, lost } = journalState(lines, "f");
  assert.deepEqual([run, epoch], ["run-1", 2]);
  assert.equal(maps.get(0)?.worker, "b");
  assert.deepEqual([...reduces.keys()], [5]);
  assert.deepEqual([...lost], [[1, "ein Ümlaut\nund mehr"]]);
  assert.throws(() => journalState(lines, "g"), { name: "JournalError" });
  assert.throws(() => journalState(lines.slice(1), "f"), { name: "JournalError" });
});

Deno.test("Journal.add() resolves when the line outlives a crash", async () => {
  const folder = new MemoryFolder();
  const journal = new Journal(await folder.create(JOURNAL_NAME));
  await folder.sync();
  for (const [i, line] of lines.entries()) {
    if (i === 4) {
      await Promise.all(lines.slice(4).map((line) => journal.add(line)));
      break;
    }
    await journal.add(line);
  }
  assert.deepEqual((await readJournal(folder.crash()))?.lines, lines);
});

Deno.test("Journal.add() fails for all lines that a full disk does not take", async () => {
  const folder = new MemoryFolder();
  const journal = new Journal(await folder.create(JOURNAL_NAME));
  folder.limitBytes = 100;
  const added = await Promise.allSettled(lines.map((line) => journal.add(line)));
  assert(added.every(({ status }) => status === "rejected"));
});
