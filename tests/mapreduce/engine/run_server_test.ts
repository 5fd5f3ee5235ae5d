import assert from "node:assert/strict";
import { settle } from "../../../lib/clock/fake_clock.ts";
import type { LinePost } from "../../../lib/mapreduce/engine/line_post.ts";
import { type ShuffleKinds, shuffleService } from "../../../lib/mapreduce/engine/protocol.ts";
import { RunServer } from "../../../lib/mapreduce/engine/run_server.ts";
import { MemoryFolder } from "./memory_folder.ts";

const name = { epoch: 1, kind: "map", task: 0, attempt: 1 } as const;
const part = { startByte: 1, bytes: 3, records: 1, crc32: 0 };
const held = new Map([["e1-map-0-a1", { file: "f", parts: [part] }]]);

/** A server on a line that takes nothing before it is `free`. */
function setUp() {
  const folder = new MemoryFolder();
  folder.put("f", "-abc-");
  let opened = 0;
  const open = folder.open.bind(folder);
  folder.open = (name) => {
    opened++;
    return open(name);
  };
  const pieces: string[] = [];
  const aborts: string[] = [];
  const free = Promise.withResolvers<void>();
  const connection = { isOpen: true, abort: (code: string) => void aborts.push(code) };
  const post = {
    connection,
    pieces: async (_: unknown, [id]: number[], bytes: Uint8Array) => {
      const text = new TextDecoder().decode(bytes);
      await free.promise;
      pieces.push(`${id} ${text}`);
      return true;
    },
    bulk: () => Promise.resolve(true),
  };
  const line = post as unknown as LinePost<ShuffleKinds>;
  const server = new RunServer(line, shuffleService.kinds, folder, () => held);
  return { server, pieces, aborts, free: free.resolve, opened: () => opened };
}

Deno.test("RunServer.fetch() reads some runs at a time, however many are asked for", async () => {
  const { server, pieces, free, opened } = setUp();
  for (let id = 0; id < 100; id++) server.fetch({ id, name, partition: 0 });
  await settle();
  assert.equal(opened(), 4);
  free();
  await settle();
  assert.deepEqual(pieces, Array.from({ length: 100 }, (_, id) => `${id} abc`));
});

Deno.test("RunServer.fetch() ends a line on which is asked without end", () => {
  const { server, aborts } = setUp();
  for (let id = 0; id < 200_010; id++) server.fetch({ id, name, partition: 0 });
  assert.deepEqual(aborts, ["mapreduce.flood"]);
});
