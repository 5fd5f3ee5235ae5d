import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { expandInputs } from "../../../lib/mapreduce/input/expand_inputs.ts";
import { formatOf } from "../../../lib/mapreduce/input/format_of.ts";
import { resolveInputs } from "../../../lib/mapreduce/input/resolve_inputs.ts";
import { wetFile } from "../generate_wet.ts";
import { FakeInputFiles } from "./fake_input_files.ts";

function disk(...paths: readonly string[]): FakeInputFiles {
  const files = new FakeInputFiles();
  for (const path of paths) files.put(path, path);
  return files;
}

async function namesOf(args: readonly string[], files: FakeInputFiles): Promise<readonly string[]> {
  return (await expandInputs(args, files)).map(({ name }) => name);
}

Deno.test("expandInputs() keeps the order given and sorts a folder by bytes", async () => {
  const files = disk(
    "b.txt",
    "in/é.wet",
    "in/z.wet",
    "in/Z.wet.gz",
    "in/d/a.WARC.gz",
    "in/d.txt",
    "in/x.md",
    "in/.gz",
  );
  assert.deepEqual(await namesOf(["in", "b.txt"], files), [
    "/data/in/.gz",
    "/data/in/Z.wet.gz",
    "/data/in/d.txt",
    "/data/in/d/a.WARC.gz",
    "/data/in/z.wet",
    "/data/in/é.wet",
    "/data/b.txt",
  ]);
});

Deno.test("expandInputs() takes each input once, whoever names it", async () => {
  const files = disk("in/a.txt", "in/b.txt");
  const args = ["in/b.txt", "in/*", "/data/in/a.txt", "in"];
  assert.deepEqual(await namesOf(args, files), ["/data/in/b.txt", "/data/in/a.txt"]);
});

Deno.test("expandInputs() matches patterns below any folder, and a file of that very name first", async () => {
  const files = disk("in/1/a.wet", "in/2/a.wet", "in/2/b/c.wet", "in/a[1].wet", "in/a1.wet");
  assert.deepEqual(await namesOf(["in/?/*.wet"], files), ["/data/in/1/a.wet", "/data/in/2/a.wet"]);
  assert.deepEqual(await namesOf(["/data/**/c.wet"], files), ["/data/in/2/b/c.wet"]);
  assert.deepEqual(await namesOf(["in/a[1].wet"], files), ["/data/in/a[1].wet"]);
});

Deno.test("expandInputs() reads lists with comments, and says which line is wrong", async () => {
  const files = disk("a.txt", "b c.txt");
  files.put("list", "# all\n\n a.txt \r\nhttp://host.example/x.gz\nb*\n");
  assert.deepEqual(await namesOf(["@list"], files), [
    "/data/a.txt",
    "http://host.example/x.gz",
    "/data/b c.txt",
  ]);
  files.put("bad", "a.txt\nmissing.txt\n");
  await assert.rejects(namesOf(["@bad"], files), {
    message: 'Cannot find the input "missing.txt": there is no such file or folder (line 2 of bad)',
  });
  files.put("none", "# nothing\n");
  await assert.rejects(namesOf(["@none"], files), /Cannot use the list none: it names no input/);
});

Deno.test("expandInputs() follows links, but not round and round", async () => {
  const files = disk("in/a.txt", "far/b.txt");
  files.links.set("/data/in/up", "/data/in");
  files.links.set("/data/in/far", "/data/far");
  assert.deepEqual(await namesOf(["in"], files), ["/data/in/a.txt", "/data/in/far/b.txt"]);
});

Deno.test("expandInputs() passes over nothing that is named like an input and is no file", async () => {
  const files = disk("in/a.txt", "in/b.md");
  files.links.set("/data/in/c.md", "/data/gone");
  assert.deepEqual(await namesOf(["in"], files), ["/data/in/a.txt"]);
  files.links.set("/data/in/c.txt", "/data/gone");
  const message = "Cannot use the input in/c.txt: it is no file, or a link to nothing";
  for (const arg of ["in", "in/*.txt"]) await assert.rejects(namesOf([arg], files), { message });
  assert.deepEqual(await namesOf(["in/a*"], files), ["/data/in/a.txt"]);
});

for (
  const [arg, message] of [
    ["nowhere.txt", 'Cannot find the input "nowhere.txt": there is no such file or folder'],
    ["*.warc", 'Cannot find any input: no file matches "*.warc"'],
    ["no/*/x", 'Cannot find any input: no file matches "no/*/x"'],
    ["docs", "Cannot find any input: the folder docs has no *.wet, *.warc, *.txt or *.gz in it"],
    ["pipe", "Cannot use the input pipe: it is no file"],
    ["http://[", "Cannot use the input http://[: it is no URL"],
    ["", 'Cannot find the input "": there is no such file or folder'],
    ["@gone", "Cannot use the list gone: it cannot be opened: no such file"],
  ] as const
) {
  Deno.test(`expandInputs() of "${arg}" says what is wrong`, async () => {
    const files = disk("docs/a.md");
    files.others.add("/data/pipe");
    await assert.rejects(expandInputs([arg], files), { message });
  });
}

Deno.test("resolveInputs() tells size, format, gzip and both ends", async () => {
  const files = new FakeInputFiles();
  const wet = wetFile({ seed: 1, bytes: 200_000 });
  files.put("a.wet", wet);
  files.put("b.wet.gz", gzipSync(wet));
  const inputs = await resolveInputs(["."], files);
  assert.deepEqual(
    inputs.map(({ number, name, size, format, isGzip }) => [number, name, size, format, isGzip]),
    [
      [0, "/data/a.wet", wet.length, "warc", false],
      [1, "/data/b.wet.gz", files.bytes.get("/data/b.wet.gz")?.length, "warc", true],
    ],
  );
  const hex = async (bytes: Uint8Array) => {
    const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
    return Buffer.from(hash).toString("hex");
  };
  assert.deepEqual(inputs[0]?.identity, {
    kind: "hashes",
    head: await hex(wet.subarray(0, 65_536)),
    tail: await hex(wet.subarray(-65_536)),
  });
  const [whole] = await resolveInputs(["a.wet"], files, { isWhole: true });
  assert.ok(whole?.identity.kind === "hashes");
  assert.equal(whole.identity.whole, await hex(wet));
  assert.equal(files.openSources, 0);
});

Deno.test("formatOf() goes by the name, and by the bytes where that says nothing", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const record = "WARC/1.0\r\n";
  assert.deepEqual(formatOf("/x/a.wet", bytes("lines")), { format: "warc", isGzip: false });
  assert.deepEqual(formatOf("a.txt", bytes(record)), { format: "text", isGzip: false });
  assert.deepEqual(formatOf("a", bytes(record)), { format: "warc", isGzip: false });
  assert.deepEqual(formatOf("a", bytes("")), { format: "text", isGzip: false });
  assert.deepEqual(formatOf("a.gz", gzipSync(record)), { format: "warc", isGzip: true });
  assert.deepEqual(formatOf("a.gz", gzipSync("lines")), { format: "text", isGzip: true });
  assert.deepEqual(formatOf("a.warc.gz", bytes(record)), { format: "warc", isGzip: false });
  assert.deepEqual(formatOf("a.wet.gz", bytes("")), { format: "warc", isGzip: true });
  const url = "https://host.example/a.warc.wet.gz?x=a.txt";
  assert.deepEqual(formatOf(url, gzipSync("")), { format: "warc", isGzip: true });
});
