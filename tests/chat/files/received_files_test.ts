import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ExchangeParts } from "../../../lib/chat/files/exchange_parts.ts";
import { MemoryNotes } from "../../../lib/chat/files/file_notes.ts";
import { PartFile } from "../../../lib/chat/files/part_file.ts";
import { ReceivedFiles } from "../../../lib/chat/files/received_files.ts";
import { FakeClock } from "../../../lib/clock/fake_clock.ts";
import { FakeFileAccess } from "./fake_file_access.ts";
import { someBytes } from "./files_world.ts";

const BYTES = someBytes(250);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const HEAD = {
  ...{ key: "0123456789abcdef".repeat(2), author: 7, nick: "ada", name: "a.bin" },
  ...{ size: BYTES.length, chunkBytes: 100, receiver: "me" },
};

function partsOf(files: FakeFileAccess, notes: ExchangeParts["notes"]): ExchangeParts {
  const rest = { chunkBytes: 100, receiver: "me", emit: () => {}, newNumber: () => 1 };
  return { clock: new FakeClock(), files, notes, ...rest };
}

async function received(files: FakeFileAccess): Promise<void> {
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES);
  await part.finish({ transfer: 1, size: BYTES.length, sha256: SHA256 });
  await part.close();
}

Deno.test("ReceivedFiles.tidy() leaves a journal until it is noted that its file was received", async () => {
  const files = new FakeFileAccess();
  await received(files);
  let isFull = true;
  const notes: ExchangeParts["notes"] = Object.assign(new MemoryNotes(), {
    sync: () => isFull ? Promise.reject(new Error("no space left")) : Promise.resolve(),
  });
  const kept = new ReceivedFiles(partsOf(files, notes));
  await kept.tidy("d/a.bin");
  assert.deepEqual(files.paths, ["d/a.bin", "d/a.bin.tram-part.journal"]);
  isFull = false;
  await kept.tidy();
  assert.deepEqual(files.paths, ["d/a.bin"]);
});

Deno.test("ReceivedFiles.find() notes what only a journal says, and takes nothing up that is over", async () => {
  const files = new FakeFileAccess();
  await received(files);
  const notes = new MemoryNotes();
  assert.deepEqual(await new ReceivedFiles(partsOf(files, notes)).find("d"), []);
  assert.deepEqual(files.paths, ["d/a.bin"]);
  const [note = ""] = notes.notes.values();
  const { key, author, size } = HEAD;
  assert.deepEqual(JSON.parse(note), { key, author, size, sha256: SHA256, number: 1 });
  // A loss of power has brought the part of a file back that was cancelled.
  notes.note("received:2", JSON.stringify({ ...JSON.parse(note), sha256: "", number: 2 }));
  const part = await PartFile.create(files, "d", HEAD);
  await part.close();
  assert.deepEqual(await new ReceivedFiles(partsOf(files, notes)).find("d"), []);
  assert.deepEqual(files.paths, ["d/a.bin"]);
});
