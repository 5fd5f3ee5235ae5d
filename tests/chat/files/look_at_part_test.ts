import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lookAtPart } from "../../../lib/chat/files/look_at_part.ts";
import { PartFile } from "../../../lib/chat/files/part_file.ts";
import { FakeFileAccess } from "./fake_file_access.ts";
import { assertSameBytes, someBytes } from "./files_world.ts";

const CHUNK = 100;
const BYTES = someBytes(5 * CHUNK + 7);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const END = { transfer: 1, size: BYTES.length, sha256: SHA256 };
const HEAD = {
  ...{ key: "0123456789abcdef".repeat(2), author: 7, nick: "ada", name: "a.bin" },
  ...{ size: BYTES.length, chunkBytes: CHUNK, receiver: "me" },
};
const [PART, JOURNAL] = ["d/a.bin.tram-part", "d/a.bin.tram-part.journal"];

/** A part with so many bytes, closed. */
async function begun(files: FakeFileAccess, bytes: number): Promise<void> {
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES.subarray(0, bytes));
  await part.close();
}

/** A file that has its name; its journal is there still. */
async function finished(files: FakeFileAccess): Promise<void> {
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES);
  await part.finish(END);
  await part.close();
}

Deno.test("lookAtPart() takes away what a kill has left before anything came", async () => {
  const files = new FakeFileAccess();
  for (const left of [new Uint8Array(), new Uint8Array(50)]) {
    files.put(JOURNAL, left);
    files.put(PART, new Uint8Array());
    assert.equal(await lookAtPart(files, "d/a.bin"), undefined);
    assert.deepEqual(files.paths, []);
  }
  files.put(JOURNAL, new TextEncoder().encode('{"journal":2}\n'));
  files.put(PART, BYTES);
  assert.equal(await lookAtPart(files, "d/a.bin"), undefined);
  assert.deepEqual(files.paths, [PART, JOURNAL], "what a newer tram has left is none of ours");
});

Deno.test("lookAtPart() leaves a file alone that has its name, and that of its part still", async () => {
  const files = new FakeFileAccess();
  await begun(files, BYTES.length);
  files.link(PART, "d/a.bin");
  assert.equal(await PartFile.resume(files, "d/a.bin"), undefined);
  assert.equal(await lookAtPart(files, "d/a.bin", "me"), undefined);
  assert.deepEqual(files.paths, ["d/a.bin"]);
  assertSameBytes(files.get("d/a.bin"), BYTES);
});

Deno.test("lookAtPart() takes away a journal whose part somebody has taken away", async () => {
  const files = new FakeFileAccess();
  await begun(files, CHUNK);
  const left = await lookAtPart(files, "d/a.bin", "me");
  assert.deepEqual([left?.journal.head, left?.isReceived], [HEAD, false]);
  await files.remove(PART);
  assert.equal(await lookAtPart(files, "d/a.bin", "me"), undefined);
  assert.deepEqual(files.paths, []);
});

Deno.test("lookAtPart() tells by the journal of a file that it was received", async () => {
  const files = new FakeFileAccess();
  await finished(files);
  const both = files.get("d/a.bin") ?? assert.fail();
  for (const links of [1, 2]) {
    if (links === 2) files.link("d/a.bin", PART); // killed between the two steps of the renaming
    const left = await lookAtPart(files, "d/a.bin", "me");
    assert.deepEqual([left?.isReceived, left?.journal.whole], [true, SHA256]);
    assertSameBytes(files.get("d/a.bin"), both);
  }
  assert.equal(await lookAtPart(files, "d/a.bin", "you"), undefined, "another's");
  assert(files.paths.includes(JOURNAL));
});

Deno.test("lookAtPart() goes on with a file that was whole and has no name yet", async () => {
  const files = new FakeFileAccess();
  await finished(files);
  await files.renameToNew("d/a.bin", PART);
  assert.equal((await lookAtPart(files, "d/a.bin", "me"))?.isReceived, false);
  const part = await PartFile.resume(files, "d/a.bin");
  assert.equal(part?.bytes, 5 * CHUNK);
  await part.write(BYTES.subarray(part.bytes));
  await part.finish(END);
  await part.close();
  assertSameBytes(files.get("d/a.bin"), BYTES);
});
