import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { FileHash } from "../../../lib/chat/files/file_hash.ts";

const plain = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

Deno.test("FileHash goes on from a kept state to the hash that sha256sum prints", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 }),
      async (chunks) => {
        let hash = await FileHash.begin();
        for (const chunk of chunks) {
          hash.update(chunk);
          const mark = hash.endChunk();
          assert.equal(mark.sha256, plain(chunk));
          hash = await FileHash.begin(mark.state);
        }
        assert.equal(hash.end(), plain(new Uint8Array(chunks.flatMap((chunk) => [...chunk]))));
      },
    ),
  );
});

Deno.test("FileHash.begin() refuses what is no state", async () => {
  await assert.rejects(FileHash.begin("00".repeat(116)));
  await assert.rejects(FileHash.begin("0011"));
});
