import assert from "node:assert/strict";
import { withFolder } from "../e2e/processes.ts";
import { consoleBlocks } from "./console_blocks.ts";
import { World } from "./world.ts";

const BLOCK = "a: top 1";

/** A world for one block of these lines. */
async function withWorld(
  lines: readonly string[],
  body: (world: World) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const folders = { home: `${folder}/home`, data: `${folder}/data` };
    for (const path of Object.values(folders)) await Deno.mkdir(path);
    const markdown = ["# top", "```console", ...lines, "```"].join("\n");
    await body(new World(folders, consoleBlocks("a", markdown)));
  });
}

Deno.test("World runs commands as they are printed, in one folder, and gives it the document's name", () =>
  withWorld(["$ pwd; sh -c 'exit 3'", "/data", "$ echo $?", "3"], async (world) => {
    await world.run(BLOCK, 1, { code: 3 });
    await world.run(BLOCK, 2);
    world.done();
  }));

Deno.test("World fails for other output, another code, and what was not run", () =>
  withWorld(["$ echo one", "1", "$ false"], async (world) => {
    await assert.rejects(world.run(BLOCK, 1), /a: top 1: command 1 is not as printed/);
    await assert.rejects(world.run(BLOCK, 2), /ended with 1, not 0/);
    assert.throws(() => world.done(), /Not run: a: top 1: command 1; a: top 1: command 2/);
    assert.throws(() => world.start("a: top 2", 1), /has not claimed/);
  }));

Deno.test("World leaves out of both what only some runs print, and compares exactly if asked to", () =>
  withWorld(["$ echo 12.5 ms", "13.5 ms", "$ echo 12.5 ms", "13.5 ms"], async (world) => {
    await world.run(BLOCK, 1, { perhaps: /x\n/g });
    await assert.rejects(world.run(BLOCK, 2, { isExact: true }), /not as printed/);
    await world.aside("echo anything; test $? = 0").ended();
  }));
