import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeJournalChunk,
  encodeJournalHead,
  encodeJournalWhole,
  type JournalHead,
  parseJournal,
} from "../../../lib/chat/files/file_journal.ts";

const head: JournalHead = {
  key: "0123456789abcdef".repeat(2),
  author: 7,
  nick: "ada\n\u00e9",
  name: "notes \u{1f600}.pdf",
  size: 35,
  chunkBytes: 10,
};
const marks = [1, 2, 3].map((n) => ({ sha256: `${n}`.repeat(64), state: `0${n}`.repeat(116) }));
const lines = [
  encodeJournalHead(head),
  ...marks.map((mark, index) => encodeJournalChunk(index + 1, mark)),
];
const join = (parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

Deno.test("parseJournal() reads what was written, cut anywhere", () => {
  const whole = join(lines);
  for (let length = 0; length <= whole.length; length++) {
    const parsed = parseJournal(whole.subarray(0, length));
    let goodLines = 0;
    while (goodLines < 4 && join(lines.slice(0, goodLines + 1)).length <= length) goodLines++;
    if (goodLines === 0) {
      assert.equal(parsed, undefined);
      continue;
    }
    const chunks = goodLines - 1;
    assert.deepEqual(parsed, {
      head,
      chunks,
      last: marks[chunks - 1],
      goodBytes: join(lines.slice(0, goodLines)).length,
      whole: undefined,
    });
  }
});

Deno.test("parseJournal() takes a file for whole only after its last chunk", () => {
  const hash = "ab".repeat(32);
  const end = encodeJournalWhole(hash);
  for (let chunks = 0; chunks <= 3; chunks++) {
    const start = join(lines.slice(0, 1 + chunks));
    const parsed = parseJournal(join([start, end]));
    assert.equal(parsed?.whole, chunks === 3 ? hash : undefined);
    assert.equal(parsed?.goodBytes, start.length, "the next chunk goes there");
    assert.equal(parseJournal(join([start, end.subarray(0, -1)]))?.whole, undefined);
  }
});

Deno.test("parseJournal() stops at what is no line of its own", () => {
  const second = encodeJournalChunk(2, marks[1] ?? assert.fail());
  for (const bad of [new Uint8Array(50), new Uint8Array([10]), second, lines[0] as Uint8Array]) {
    const parsed = parseJournal(join([...lines.slice(0, 2), bad, ...lines.slice(2)]));
    // The second chunk's line is what follows; what comes after it does not.
    assert.equal(parsed?.chunks, bad === second ? 2 : 1);
  }
  const beyond = encodeJournalChunk(4, marks[2] ?? assert.fail());
  assert.equal(parseJournal(join([...lines, beyond]))?.chunks, 3, "more chunks than the file has");
});

Deno.test("parseJournal() takes any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(4), (noise, at) => {
      const parsed = parseJournal(join([...lines.slice(0, at), noise]));
      assert((parsed?.chunks ?? 0) <= 3);
    }),
  );
});
