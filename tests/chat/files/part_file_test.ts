import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { lookAtPart } from "../../../lib/chat/files/look_at_part.ts";
import { MismatchError, PartFile } from "../../../lib/chat/files/part_file.ts";
import { FakeFileAccess } from "./fake_file_access.ts";
import { assertSameBytes, someBytes } from "./files_world.ts";

const CHUNK = 100;
const BYTES = someBytes(5 * CHUNK + 7);
const END = { transfer: 1, size: BYTES.length, sha256: sha256(BYTES) };
const HEAD = {
  key: "0123456789abcdef".repeat(2),
  author: 7,
  nick: "ada",
  name: "a.bin",
  size: BYTES.length,
  chunkBytes: CHUNK,
};
const [PART, JOURNAL] = ["d/a.bin.tram-part", "d/a.bin.tram-part.journal"];

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A part with so many bytes, closed. */
async function begun(files: FakeFileAccess, bytes: number): Promise<void> {
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES.subarray(0, bytes));
  await part.close();
}

Deno.test("PartFile.resume() goes on after whatever a kill has left of part and journal", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(BYTES.length),
      fc.nat(1),
      fc.nat(2500),
      fc.nat(BYTES.length),
      async (written, cut, journalBytes, partBytes) => {
        const files = new FakeFileAccess();
        await begun(files, written);
        const lines = files.get(JOURNAL)?.length ?? 0;
        if (cut === 1) files.truncate(JOURNAL, Math.min(lines, journalBytes));
        else files.truncate(PART, Math.min(written, partBytes));
        const part = await PartFile.resume(files, "d/a.bin") ??
          await PartFile.create(files, "d", HEAD);
        assert.equal(part.bytes % CHUNK, 0);
        assert(part.bytes <= written);
        if (cut === 1 && journalBytes >= lines) {
          assert.equal(
            part.bytes,
            Math.floor(written / CHUNK) * CHUNK,
            "all whole chunks are there",
          );
        }
        const chunk = BYTES.subarray(Math.max(0, part.bytes - CHUNK), part.bytes);
        assert.equal(part.last?.sha256, part.bytes === 0 ? undefined : sha256(chunk));
        await part.write(BYTES.subarray(part.bytes));
        const path = await part.finish(END);
        await part.close();
        assertSameBytes(files.get(path), BYTES);
        assert.equal(files.readBytes.get(PART) ?? 0, 0, "nothing was read again");
        assert.equal(files.open, 0);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("PartFile.resume() begins anew when the part is shorter than its journal says", async () => {
  const files = new FakeFileAccess();
  await begun(files, 4 * CHUNK);
  files.truncate(PART, 4 * CHUNK - 1);
  const part = await PartFile.resume(files, "d/a.bin");
  assert.equal(part?.bytes, 0);
  await part.close();
  assert.equal((await lookAtPart(files, "d/a.bin"))?.journal.chunks, 0);
});

Deno.test("PartFile.finish() refuses other bytes, and too few", async () => {
  const files = new FakeFileAccess();
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES.subarray(1));
  await assert.rejects(part.finish(END), MismatchError);
  await part.write(BYTES.subarray(0, 1));
  await assert.rejects(part.finish(END), MismatchError);
  await part.close();
  assert.deepEqual(files.paths, [PART, JOURNAL]);
});

Deno.test("PartFile.create() gives each its own name", async () => {
  const files = new FakeFileAccess();
  const parts = [1, 2, 3].map(() => PartFile.create(files, "d", HEAD));
  const paths: string[] = [];
  for (const making of parts) {
    const part = await making;
    paths.push(part.path);
    await part.close();
  }
  assert.equal(new Set(paths).size, 3);
  assert.deepEqual(paths.slice().sort(), ["d/a (2).bin", "d/a (3).bin", "d/a.bin"]);
});

Deno.test("PartFile.finish() that cannot give a file its name does not leave a journal that says it has", async () => {
  const files = new FakeFileAccess();
  const part = await PartFile.create(files, "d", HEAD);
  await part.write(BYTES);
  files.renameToNew = () => Promise.reject(new Error("Cannot write d/a.bin: no space left"));
  await assert.rejects(part.finish(END), /no space left/);
  const lines = new TextDecoder().decode(files.get(JOURNAL)).split("\n");
  assert.deepEqual([lines.length, lines.at(-1)], [1 + 5 + 1, ""], "a head, five chunks");
  await part.close();
});
