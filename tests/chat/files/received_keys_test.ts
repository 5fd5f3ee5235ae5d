import assert from "node:assert/strict";
import { MemoryNotes } from "../../../lib/chat/files/file_notes.ts";
import { ReceivedKeys } from "../../../lib/chat/files/received_keys.ts";

const keyOf = (number: number) => ({ key: `${number}`, author: 1, size: 5, sha256: "" });

Deno.test("ReceivedKeys knows the last 32 files in the next process, whenever that begins", () => {
  const notes = new MemoryNotes();
  for (let number = 1; number <= 100; number++) {
    new ReceivedKeys(notes).add(keyOf(number));
    const next = new ReceivedKeys(notes);
    for (let older = Math.max(1, number - 31); older <= number; older++) {
      assert.deepEqual(next.get(`${older}`, 1), keyOf(older));
    }
  }
});
