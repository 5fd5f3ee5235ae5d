import assert from "node:assert/strict";
import { realInputFiles } from "../../../lib/mapreduce/input/real_input_files.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";

Deno.test("realInputFiles reads files by ranges, and lists folders with their links", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    await Deno.writeFile(`${folder}/a.txt`, bytes);
    await Deno.mkdir(`${folder}/sub`);
    await Deno.symlink("a.txt", `${folder}/link.txt`);
    await Deno.symlink("gone", `${folder}/broken.txt`);
    const entries = await realInputFiles.list(folder);
    assert.deepEqual(
      entries.map(({ name, kind }) => `${name} ${kind}`).sort(),
      ["a.txt file", "broken.txt other", "link.txt file", "sub folder"],
    );
    await using source = await realInputFiles.open(`${folder}/a.txt`);
    for (const [at, length] of [[0, 10], [10, 20_000], [5, 5], [49_000, 5_000], [50_000, 1]]) {
      const wanted = bytes.subarray(at, (at as number) + (length as number));
      assert.deepEqual(Uint8Array.from(await source.read(at as number, length as number)), wanted);
    }
    await assert.rejects(resolveInputs([folder], realInputFiles), {
      message: `Cannot use the input ${folder}/broken.txt: it is no file, or a link to nothing`,
    });
    await Deno.remove(`${folder}/broken.txt`);
    const inputs = await resolveInputs([`${folder}/*.txt`], realInputFiles);
    assert.deepEqual(inputs.map(({ name }) => name), [`${folder}/a.txt`, `${folder}/link.txt`]);
    assert.equal(await realInputFiles.find(`${folder}/gone`), undefined);
    assert.equal(await realInputFiles.find(`${folder}/a.txt/b`), undefined);
    await assert.rejects(realInputFiles.open(folder), {
      code: "unreadable",
      message: "cannot be opened: it is no file",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
