import assert from "node:assert/strict";
import { realProcesses } from "../../../lib/mapreduce/engine/real_processes.ts";
import { openWorkFolder } from "../../../lib/mapreduce/engine/work_folder.ts";

Deno.test("openWorkFolder() takes away what dead processes left, and nothing else", async () => {
  const root = await Deno.makeTempDir();
  try {
    const processes = { pid: 10, space: "1", isThere: (pid: number) => pid === 12 };
    const [alive, elsewhere] = ["tram-mapreduce-12-1-x", "tram-mapreduce-11-2-x"];
    for (const name of ["tram-mapreduce-11-1-x", alive, elsewhere, "mine"]) {
      await Deno.mkdir(`${root}/${name}`);
      await Deno.writeTextFile(`${root}/${name}/file`, "text");
    }
    const folder = await openWorkFolder(root, processes);
    const names = () => [...Deno.readDirSync(root)].map(({ name }) => name).sort();
    assert.deepEqual(names().length, 4);
    for (const name of [alive, elsewhere, "mine"]) assert(names().includes(name), name);
    await folder[Symbol.asyncDispose]();
    assert.deepEqual(names(), ["mine", elsewhere, alive]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("realProcesses knows this process, and one that has ended", async () => {
  assert(realProcesses.isThere(Deno.pid));
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  assert(!realProcesses.isThere(child.pid));
});
