import assert from "node:assert/strict";
import { openMemory } from "../../lib/collect/sender_memory.ts";
import type { TramContext } from "../../lib/context.ts";
import { FakeStateFiles } from "../fake_state_files.ts";

const FLAGS = { host: "127.0.0.1", port: 7777, queue: 10, id: "ada", spool: "lab.spool" };

Deno.test("openMemory() counts a spool's steps on from where no process has counted before", async () => {
  const files = new FakeStateFiles();
  const context = { stateFiles: () => Promise.resolve(files) } as unknown as TramContext;
  const first = await openMemory(context, FLAGS);
  assert.equal(first.steps, 0);
  first.noteSteps(1);
  await first[Symbol.asyncDispose]();
  // The clock may have been set in between, and this process may have seen steps that it did not note.
  const second = await openMemory(context, FLAGS);
  assert(second.steps > 100, `${second.steps}`);
  await second[Symbol.asyncDispose]();
  const third = await openMemory(context, FLAGS);
  assert(third.steps > second.steps + 100, `${third.steps}`);
  await third[Symbol.asyncDispose]();
});
