import assert from "node:assert/strict";
import { parseMachines } from "../../../lib/launch/hosts/parse_machines.ts";
import type { Machine } from "../../../lib/launch/hosts/machine.ts";
import { HostError, HostProblem } from "../../../lib/launch/ssh/host_error.ts";
import { LineSource } from "../../../lib/launch/ssh/line_source.ts";
import { Mutex } from "../../../lib/launch/ssh/mutex.ts";
import { placeExecutable, tryExecutable } from "../../../lib/launch/ssh/place_executable.ts";
import type { ExecutableFile } from "../../../lib/launch/ssh/programs.ts";

const [machine] = parseMachines("n1", "list").machines as [Machine];
const BYTES = new TextEncoder().encode("#!/bin/sh\n".padEnd(1000, "x"));

const executable: ExecutableFile = {
  ...{ path: "dist/tram", sizeBytes: BYTES.length, sha256: "0".repeat(64), head: BYTES },
  async *read() {
    for (let at = 0; at < BYTES.length; at += 100) {
      yield await Promise.resolve(BYTES.subarray(at, at + 100));
    }
  },
};

/** A machine that says these lines, the next after each line or 1000 bytes that it gets. */
function parts(answers: readonly string[], uploads = new Mutex()) {
  const sent: string[] = [];
  let wake = () => {};
  let owed = 1;
  async function* output() {
    for (const answer of answers) {
      while (owed === 0) await new Promise<void>((resolve) => wake = resolve);
      owed--;
      yield new TextEncoder().encode(answer);
    }
  }
  const session = {
    write(bytes: Uint8Array) {
      const text = new TextDecoder().decode(bytes);
      sent.push(text);
      const isWhole = sent.join("").endsWith(new TextDecoder().decode(BYTES));
      if (text !== "take\n" && (text.endsWith("\n") || isWhole)) owed++;
      wake();
      return Promise.resolve();
    },
    endInput: () => Promise.resolve(),
    ...{ output: output(), errors: output(), ended: Promise.resolve(0), kill: () => {} },
  };
  const lines = new LineSource(session.output);
  return { sent, parts: { machine, account: "a", executable, session, lines, uploads } };
}

Deno.test("placeExecutable() sends nothing where it is, and all of it where it is not", async () => {
  const there = parts(["hello Linux x86_64 have /c/tram/0\n"]);
  assert.deepEqual(await placeExecutable(there.parts), { sentBytes: 0, path: "/c/tram/0/tram" });
  assert.deepEqual(there.sent, []);
  const missing = parts(["hello Linux x86_64 need /c/tram/0\n", "stored\n", "works\n"]);
  assert.equal((await placeExecutable(missing.parts)).sentBytes, 1000);
  assert.equal(missing.sent.join(""), `take\n${new TextDecoder().decode(BYTES)}`);
  await tryExecutable(missing.parts);
});

Deno.test("placeExecutable() asks again when another name of the account came before", async () => {
  const uploads = new Mutex();
  const { leave } = await uploads.enter("a");
  const second = parts(["hello Linux x86_64 need /c\n", "have\n"], uploads);
  const placed = placeExecutable(second.parts);
  await new Promise((resolve) => setTimeout(resolve, 0));
  leave();
  assert.equal((await placed).sentBytes, 0);
  assert.deepEqual(second.sent, ["check\n"]);
});

const ANSWERS: readonly (readonly [readonly string[], HostProblem, RegExp])[] = [
  [[], HostProblem.Lost, /^Cannot deploy to n1: the connection was lost$/],
  [["hi\n"], HostProblem.Other, /it says what was not asked/],
  [["x".repeat(5000)], HostProblem.Other, /it says what was not asked/],
  [["hello a b maybe /c\n"], HostProblem.Other, /not asked/],
  [["hello Linux x86_64 need /c\n", "yes\n"], HostProblem.Other, /not asked/],
  [["hello Linux x86_64 need /c\n"], HostProblem.Lost, /the connection was lost/],
  [["failed write HOME is not set\n"], HostProblem.NoPermission, /cannot be written there: HOME/],
  [
    ["hello Linux x86_64 need /c\n", "failed write head: No space left on device\n"],
    HostProblem.DiskFull,
    /its disk is full: head: No space/,
  ],
  [
    ["hello Linux x86_64 need /c\n", "failed write mkdir: Disk quota exceeded\n"],
    HostProblem.DiskFull,
    /full/,
  ],
  [
    ["hello Linux x86_64 need /c\n", "failed verify 0000\n"],
    HostProblem.Other,
    /what arrived is not what was sent/,
  ],
  [["hello Linux x86_64 need /c\n", "failed cut 3 bytes arrived\n"], HostProblem.Lost, /whole: 3/],
];

for (const [answers, problem, message] of ANSWERS) {
  const said = JSON.stringify(answers.at(-1)?.slice(0, 40) ?? "nothing");
  Deno.test(`placeExecutable() makes one line of ${said}, the last of ${answers.length}`, async () => {
    await assert.rejects(placeExecutable(parts(answers).parts), (error: Error) => {
      assert(error instanceof HostError);
      assert.equal(error.problem, problem);
      assert.match(error.message, message);
      assert(error.message.length < 400);
      return true;
    });
  });
}

Deno.test("placeExecutable() sends nothing to a machine that it is not for", async () => {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46]);
  head[18] = 183;
  const { parts: given, sent } = parts(["hello Linux x86_64 need /c\n"]);
  await assert.rejects(
    placeExecutable({ ...given, executable: { ...executable, head } }),
    /it is Linux on x86_64, and dist\/tram is for linux on aarch64; make one for it/,
  );
  assert.deepEqual(sent, []);
});
