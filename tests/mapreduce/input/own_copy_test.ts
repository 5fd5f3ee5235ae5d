import assert from "node:assert/strict";
import { findOwnCopy } from "../../../lib/mapreduce/input/own_copy.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";
import type { Input } from "../../../lib/mapreduce/input/input.ts";
import { FakeInputFiles } from "./fake_input_files.ts";

const CONTENT = "word ".repeat(60_000);

async function inputOf(path: string, content: string, isWhole = false): Promise<Input> {
  const files = new FakeInputFiles();
  files.put(path, content);
  const [input] = await resolveInputs([path], files, { isWhole });
  return input as Input;
}

/** Where the copy is, or why there is none. */
async function find(
  input: Input,
  files: FakeInputFiles,
  roots: readonly string[],
  named: readonly string[] = [],
) {
  const copy = await findOwnCopy(input, files, { roots, named });
  if (copy.source === undefined) {
    assert.equal(files.openSources, 0);
    return copy.reason;
  }
  assert.equal(files.openSources, 1);
  await copy.source[Symbol.asyncDispose]();
  return copy.path;
}

Deno.test("findOwnCopy() finds the same path, or the end of it, below a root", async () => {
  const input = await inputOf("/data/crawl/a.wet", CONTENT);
  for (
    const [path, root] of [
      ["/data/crawl/a.wet", "/data"],
      ["/data/crawl/a.wet", "/"],
      ["/mnt/data/crawl/a.wet", "/mnt"],
      ["/mnt/crawl/a.wet", "/mnt"],
      ["/mnt/a.wet", "/mnt/"],
    ] as const
  ) {
    const files = new FakeInputFiles();
    files.put(path, CONTENT);
    assert.equal(await find(input, files, [root]), path);
  }
});

Deno.test("findOwnCopy() takes no file of another size or with other ends", async () => {
  const input = await inputOf("/data/a.wet", CONTENT);
  const files = new FakeInputFiles();
  for (
    const [content, reason] of [
      [`${CONTENT} `, /has 300001 bytes, not 300000/],
      [`W${CONTENT.slice(1)}`, /has other bytes/],
      [`${CONTENT.slice(0, -1)}!`, /has other bytes/],
    ] as const
  ) {
    files.put("/data/a.wet", content);
    assert.match(await find(input, files, ["/data"]), reason);
  }
});

Deno.test("findOwnCopy() sees a difference in the middle only if all of it is compared", async () => {
  const middle = `${CONTENT.slice(0, 150_000)}!${CONTENT.slice(150_001)}`;
  const files = new FakeInputFiles();
  files.put("/data/a.wet", middle);
  assert.equal(await find(await inputOf("/data/a.wet", CONTENT), files, ["/data"]), "/data/a.wet");
  const whole = await inputOf("/data/a.wet", CONTENT, true);
  assert.match(await find(whole, files, ["/data"]), /has other bytes/);
});

Deno.test("findOwnCopy() opens nothing outside of its roots, by whatever name or link", async () => {
  const files = new FakeInputFiles();
  files.put("/secret/a.wet", CONTENT);
  files.put("/database/a.wet", CONTENT);
  files.put("/data/other", "");
  files.links.set("/data/a.wet", "/secret/a.wet");
  files.links.set("/data/far", "/secret");
  files.links.set("/data/near", "/database");
  for (
    const name of [
      "/secret/a.wet",
      "/x/../secret/a.wet",
      "/data/../secret/a.wet",
      "/data/far/a.wet",
      "/data/near/a.wet",
      "/database/a.wet",
    ]
  ) {
    const input = { ...await inputOf("/secret/a.wet", CONTENT), name };
    await find(input, files, ["/data"]);
    assert.deepEqual(files.opened, [], name);
  }
  const input = await inputOf("/q/a.wet", CONTENT);
  assert.equal(await find(input, files, ["/data"]), "/data/a.wet leads out of /data");
  assert.equal(await find(input, files, []), "it has none that it may open");
});

Deno.test("findOwnCopy() takes a link that stays within a root that is a link itself", async () => {
  const files = new FakeInputFiles();
  files.put("/disk/real/a.wet", CONTENT);
  files.links.set("/data", "/disk");
  files.links.set("/disk/a.wet", "/disk/real/a.wet");
  const input = await inputOf("/x/a.wet", CONTENT);
  assert.equal(await find(input, files, ["/data"]), "/disk/real/a.wet");
});

Deno.test("findOwnCopy() takes a file that is named, wherever it is", async () => {
  const files = new FakeInputFiles();
  files.put("/home/ada/a.wet", CONTENT);
  files.put("/home/ada/b.wet", CONTENT);
  const input = await inputOf("/x/a.wet", CONTENT);
  assert.equal(await find(input, files, [], ["/home/ada/a.wet"]), "/home/ada/a.wet");
  assert.equal(await find(input, files, [], ["/home/ada/b.wet"]), "it has none that it may open");
});

Deno.test("findOwnCopy() has none of what is behind a URL", async () => {
  const input = { ...await inputOf("/x/a.wet", CONTENT), kind: "url" } as const;
  assert.equal(await find(input, new FakeInputFiles(), ["/"]), "it is no file");
});
