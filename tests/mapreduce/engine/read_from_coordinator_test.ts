import assert from "node:assert/strict";
import { readFromCoordinator } from "../../../lib/mapreduce/engine/read_from_coordinator.ts";
import type { RequestEnd } from "../../../lib/mapreduce/engine/requests.ts";

/** A coordinator that sends pieces of so many bytes, whatever was asked for. */
function coordinatorThatSends(...pieces: readonly number[]) {
  return {
    async ask(
      _kind: unknown,
      _question: object,
      write: (bytes: Uint8Array) => Promise<void> | void,
    ): Promise<RequestEnd> {
      let bytes = 0;
      try {
        for (const length of pieces) {
          await write(new Uint8Array(length));
          bytes += length;
        }
      } catch (error) {
        return { bytes, error };
      }
      return { bytes };
    },
  };
}

const read = (...pieces: readonly number[]) =>
  readFromCoordinator(
    coordinatorThatSends(...pieces),
    { input: 0, offset: 0, length: 10 },
    () => {},
    new AbortController().signal,
  );

Deno.test("readFromCoordinator() asks again until it has all", async () => {
  assert.equal((await read(5)).length, 10);
});

Deno.test("readFromCoordinator() keeps no more than it asked for", async () => {
  await assert.rejects(
    read(4, 7, 1e6),
    /^TaskError: The coordinator sent more than was asked for$/,
  );
});
