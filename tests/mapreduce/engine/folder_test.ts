import assert from "node:assert/strict";
import type { Folder } from "../../../lib/mapreduce/engine/folder.ts";
import { realFolder } from "../../../lib/mapreduce/engine/real_folder.ts";
import { MemoryFolder } from "./memory_folder.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function textOf(folder: Folder, name: string): Promise<string | undefined> {
  const reader = await folder.open(name);
  if (reader === undefined) return undefined;
  const text = new TextDecoder().decode(await reader.read(0, reader.size + 10));
  reader.close();
  return text;
}

/** The same for the real disk and the one in memory. */
const makers: Record<string, () => { folder: Folder; remove: () => void }> = {
  realFolder() {
    const path = Deno.makeTempDirSync();
    return { folder: realFolder(path), remove: () => Deno.removeSync(path, { recursive: true }) };
  },
  MemoryFolder: () => ({ folder: new MemoryFolder(), remove: () => {} }),
};

for (const [kind, make] of Object.entries(makers)) {
  Deno.test(`${kind} writes, extends, renames, reads, lists and removes`, async () => {
    const { folder, remove } = make();
    try {
      assert.equal(await folder.open("a"), undefined);
      const file = await folder.create("a");
      await file.write(encode("hello "));
      await file.write(encode("world"));
      await file.sync();
      await folder.sync();
      file.close();
      file.close();
      assert.equal(await textOf(folder, "a"), "hello world");
      const more = await folder.extend("a", 5);
      await more.write(encode(", you"));
      more.close();
      assert.equal(await textOf(folder, "a"), "hello, you");
      const reader = await folder.open("a");
      assert.equal(new TextDecoder().decode(await reader?.read(7, 2)), "yo");
      assert.equal(new TextDecoder().decode(await reader?.read(0, 5)), "hello");
      reader?.close();
      (await folder.create("b")).close();
      await folder.rename("a", "b");
      assert.deepEqual(await folder.list(), ["b"]);
      assert.equal(await textOf(folder, "b"), "hello, you");
      await folder.remove("b");
      await folder.remove("b");
      assert.deepEqual(await folder.list(), []);
      await assert.rejects(folder.rename("none", "b"), { name: "FolderError" });
    } finally {
      remove();
    }
  });

  Deno.test(`${kind} gives a lock to one, and to the next when it is given back`, async () => {
    const { folder, remove } = make();
    try {
      const lock = await folder.lock("x-lock");
      await assert.rejects(folder.lock("x-lock"), { name: "FolderError" });
      lock.release(false);
      const next = await folder.lock("x-lock");
      lock.release(false); // twice is good, and is not the next one's
      await assert.rejects(folder.lock("x-lock"), { name: "FolderError" });
      next.release(true);
      assert.deepEqual(await folder.list(), []);
    } finally {
      remove();
    }
  });
}

Deno.test("realFolder().lock() says which process holds it", async () => {
  const path = Deno.makeTempDirSync();
  try {
    const lock = await realFolder(path).lock("x-lock");
    const message = `Cannot write to ${path}: process ${Deno.pid} runs a job there`;
    await assert.rejects(realFolder(path).lock("x-lock"), { name: "FolderError", message });
    lock.release(true);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});
