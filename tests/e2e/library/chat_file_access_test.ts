/** Files of transfers on a real disk. */
import assert from "node:assert/strict";
import { realFileAccess } from "../../../lib/chat/files/real_file_access.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (of: string) => new TextEncoder().encode(of);

/** Runs a test in a folder of its own. */
function inFolder(title: string, run: (folder: string) => Promise<void>): void {
  Deno.test(title, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await run(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

inFolder("realFileAccess writes and reads at any place", async (folder) => {
  using file = await realFileAccess.create(`${folder}/a`) ?? assert.fail();
  await file.writeAt(0, bytes("hello world"));
  await Promise.all([file.sync(), file.writeAt(6, bytes("there"))]);
  const buffer = new Uint8Array(20);
  assert.equal(await file.readAt(3, buffer.subarray(0, 4)), 4);
  assert.equal(text(buffer.subarray(0, 4)), "lo t");
  assert.equal(await file.readAt(6, buffer), 5);
  await file.truncate(5);
  await file.sync();
  assert.equal((await file.info()).size, 5);
  assert(Math.abs((await file.info()).mtimeMs - Date.now()) < 60_000);
  assert.equal(await Deno.readTextFile(`${folder}/a`), "hello");
});

inFolder("realFileAccess.create() makes the folders that are missing", async (folder) => {
  using file = await realFileAccess.create(`${folder}/no/where/a`) ?? assert.fail();
  await file.writeAt(0, bytes("there"));
  assert.equal(await Deno.readTextFile(`${folder}/no/where/a`), "there");
  await assert.rejects(realFileAccess.create(`${folder}/no/where/a/b`), {
    message: /^Cannot write [^:]*b: [^(:]+$/,
  });
});

inFolder("realFileAccess.create() and openToWrite() follow no link", async (folder) => {
  await Deno.symlink(`${folder}/outside`, `${folder}/link`);
  await Deno.writeTextFile(`${folder}/there`, "there");
  await Deno.symlink(`${folder}/there`, `${folder}/other`);
  assert.equal(await realFileAccess.create(`${folder}/link`), undefined);
  assert.equal(await realFileAccess.create(`${folder}/there`), undefined);
  for (const name of ["link", "other"]) {
    const opening = realFileAccess.openToWrite(`${folder}/${name}`);
    await assert.rejects(opening, { message: `Cannot write ${folder}/${name}: it is no file` });
  }
  assert.equal(await realFileAccess.openToWrite(`${folder}/none`), undefined);
  await assert.rejects(Deno.stat(`${folder}/outside`));
  await assert.rejects(realFileAccess.openToRead(folder), {
    message: `Cannot read ${folder}: it is no file`,
  });
  await assert.rejects(realFileAccess.openToRead(`${folder}/none`), {
    message: /^Cannot read [^:]*none: [^:(]+$/,
  });
});

inFolder(
  "realFileAccess.renameToNew() replaces nothing, not even a broken link",
  async (folder) => {
    await Deno.writeTextFile(`${folder}/from`, "new");
    await Deno.writeTextFile(`${folder}/taken`, "old");
    await Deno.symlink("nowhere", `${folder}/broken`);
    for (const name of ["taken", "broken"]) {
      assert.equal(await realFileAccess.renameToNew(`${folder}/from`, `${folder}/${name}`), false);
    }
    assert.equal(await realFileAccess.renameToNew(`${folder}/from`, `${folder}/to`), true);
    assert.deepEqual((await realFileAccess.list(folder)).toSorted(), ["broken", "taken", "to"]);
    assert.equal(await Deno.readTextFile(`${folder}/to`), "new");
    assert.equal(await Deno.readTextFile(`${folder}/taken`), "old");
    await realFileAccess.remove(`${folder}/to`);
    await realFileAccess.remove(`${folder}/to`);
    assert.deepEqual(await realFileAccess.list(`${folder}/none`), []);
  },
);
