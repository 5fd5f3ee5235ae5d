import assert from "node:assert/strict";
import { archOf, executableKind, fits } from "../../../lib/launch/ssh/executable_kind.ts";
import { KeptBytes } from "../../../lib/launch/ssh/kept_bytes.ts";
import { LineSource } from "../../../lib/launch/ssh/line_source.ts";
import { MarkedStream } from "../../../lib/launch/ssh/marked_stream.ts";
import { parseCleaned } from "../../../lib/launch/ssh/parse_cleaned.ts";
import { parseDestination } from "../../../lib/launch/ssh/ssh_destination.ts";
import { textOf } from "../../../lib/launch/ssh/text_of.ts";

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

Deno.test("MarkedStream parts a stream at the mark, however it is cut", async () => {
  for (const size of [1, 2, 3, 7, 100]) {
    const stream = new MarkedStream(pieces("Hello\ntram\ntram-1\nreal\n", size), "tram-1");
    assert(await stream.begun());
    assert.equal(stream.before, "Hello\ntram\n");
    assert.equal(await textOf(stream.after()), "real\n");
  }
});

Deno.test("MarkedStream gives up at the end, and when too much is no mark", async () => {
  const short = new MarkedStream(pieces("Hello\n", 3), "m");
  assert.deepEqual([await short.begun(), short.before], [false, "Hello\n"]);
  const long = new MarkedStream(pieces("x".repeat(70_000), 1000), "m");
  assert.equal(await long.begun(), false);
});

Deno.test("LineSource gives lines, then bytes, and refuses a line without end", async () => {
  for (const size of [1, 3, 100]) {
    const source = new LineSource(pieces("one\n\ntwo\nrest\nof it", size));
    assert.deepEqual([await source.line(), await source.line(), await source.line()], [
      "one",
      "",
      "two",
    ]);
    assert.equal(await textOf(source.bytes()), "rest\nof it");
  }
  const source = new LineSource(pieces("cut", 1));
  assert.equal(await source.line(), undefined);
  await assert.rejects(new LineSource(pieces("x".repeat(9999), 999)).line(), RangeError);
});

Deno.test("KeptBytes keeps the first bytes and counts the rest", () => {
  const kept = new KeptBytes(5);
  for (const text of ["abc", "def", "g"]) kept.push(new TextEncoder().encode(text));
  assert.deepEqual([kept.text(), kept.lostBytes], ["abcde", 2]);
});

Deno.test("executableKind() tells ELF, Mach-O, PE and scripts", () => {
  const head = (...bytes: number[]) => Uint8Array.from({ length: 64 }, (_, i) => bytes[i] ?? 0);
  const elf = head(0x7f, 0x45, 0x4c, 0x46);
  elf[18] = 183;
  assert.deepEqual(executableKind(elf), { os: "linux", arch: "aarch64" });
  const mach = head(0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1);
  assert.deepEqual(executableKind(mach), { os: "darwin", arch: "x86_64" });
  assert.equal(executableKind(head(0x4d, 0x5a)).os, "windows");
  assert.equal(executableKind(new TextEncoder().encode("#!/bin/sh\n")).os, "unix");
  assert.equal(executableKind(new Uint8Array()).os, undefined);
  assert.equal(archOf("arm64"), "aarch64");
  assert(fits({ os: "linux", arch: "aarch64" }, { os: "Linux", arch: "arm64" }));
  assert(!fits({ os: "linux", arch: "x86_64" }, { os: "Linux", arch: "aarch64" }));
  assert(!fits({ os: "darwin", arch: undefined }, { os: "Linux", arch: "aarch64" }));
  assert(fits({ os: "unix", arch: undefined }, { os: "FreeBSD", arch: "amd64" }));
});

Deno.test("parseDestination() makes aliases of one server one door, and a jump the door", () => {
  const said = "user ada\nhostname 192.0.2.7\nport 22\nproxyjump none\n";
  assert.deepEqual(parseDestination(said), { door: "192.0.2.7:22", account: "ada@192.0.2.7:22" });
  const jump = parseDestination("user ada\nhostname n1\nport 22\nproxyjump gate\n");
  assert.deepEqual(jump, { door: "by way of gate", account: "ada@n1:22 by way of gate" });
});

Deno.test("parseCleaned() takes a whole report only", () => {
  const text = "process 12 sleep 9\nfolder /tmp/x\nrunning r-1\nleft process 13 x\nnoise\n";
  assert.equal(parseCleaned(text), undefined);
  assert.deepEqual(parseCleaned(`${text}done\n`), {
    ...{ processes: ["12 sleep 9"], folders: ["/tmp/x"], running: ["r-1"] },
    ...{ left: ["process 13 x"], isBlind: false },
  });
});
