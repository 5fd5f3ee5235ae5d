/** Jobs that want to get at what is around them: each is contained and named, and the rest goes on. */
import assert from "node:assert/strict";
import { runStep } from "./mapreduce_steps.ts";
import { runTram, withFolder } from "./processes.ts";

const ALL = "one\t1\ntwo\t1\nbad\t1\nfour\t1\n";
const REST = "one\t1\ntwo\t1\nfour\t1\n";

/** Changes the answer that the thread's own code is about to give. */
const changeAnswer = (change: string) =>
  "Object.defineProperty(Object.prototype, 'then', { configurable: true, " +
  `get() { if (this?.payload && this?.kind) { ${change} } return undefined; } });`;

/** Puts `head` at the place of what the thread's own code says. */
const saysOf = (head: string) => `JSON.stringify = () => ${head};`;

const heads = (more: object) => {
  const head = { failures: [], isTooMuch: false, counts: {}, printed: [], printedLines: 0 };
  return saysOf(JSON.stringify(JSON.stringify({ ...head, ...more })));
};

/** What a job does when it is given the line `bad`. */
const ATTACKS: Record<
  string,
  { readonly does: string; readonly says: RegExp; readonly slow?: true }
> = {
  "answers in another kind": {
    does: changeAnswer("this.kind = 0x99;"),
    says: /it answered what is no answer \(3 times\)/,
  },
  "answers with a request": {
    does: changeAnswer("this.kind = 0x21;"),
    says: /it answered what is no answer: Kind 33 is none \(3 times\)/,
  },
  "says that it is ready again": {
    does: changeAnswer("this.kind = 0x30;"),
    says: /it answered what is no answer: .* \(3 times\)/,
  },
  "answers with what is no bytes": {
    does: changeAnswer("this.payload = { buffer: new ArrayBuffer(8), length: 2 ** 40 };"),
    says: /it answered what is no answer \(3 times\)/,
  },
  "answers with nothing": { does: saysOf('"null"'), says: /no answer: Invalid type.* \(3 times\)/ },
  "answers with failures of no record": {
    does: heads({ failures: [{ at: -1, message: "x" }] }),
    says: /no answer: Invalid value.* \(3 times\)/,
  },
  "answers with counters that are texts": {
    does: heads({ counts: { "tram:records": "9" } }),
    says: /no answer: Invalid type.* \(3 times\)/,
  },
  "answers with 70 MB of brackets": {
    does: saysOf('"[".repeat(70e6)'),
    says: /it answered what is no answer|it took more than 300 MiB/,
    slow: true,
  },
  "copies nothing": {
    does: "Uint8Array.prototype.set = function () {};",
    says: /it answered what is no answer: .* \(3 times\)/,
  },
  "sends itself requests": {
    does: 'const head = new TextEncoder().encode(\'{"inputs":[],"records":[]}\');' +
      "const payload = new Uint8Array(4 + head.length); payload[3] = head.length; " +
      "payload.set(head, 4); for (let i = 0; i < 9; i++) { " +
      "dispatchEvent(new MessageEvent('message', { data: { kind: 0x21, payload } })); }",
    says: /^reporter/,
  },
  "emits 100 MB at once": {
    does: 'emit(text, "x".repeat(100e6));',
    says: /standard input at byte 8: it emitted more than 33554432 bytes/,
    slow: true,
  },
  "throws what nobody can read": {
    does: "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });",
    says: /standard input at byte 8: it threw something that cannot be shown/,
  },
  "throws what a terminal obeys": {
    does: 'throw new Error("\\x1b[2J\\x07");',
    says: /standard input at byte 8: Error: \\x1b\[2J\\x07/,
  },
  "throws later, at length": {
    does: 'setTimeout(() => { throw new Error("long".repeat(1e5)); }, 1); ' +
      "await new Promise(() => {});",
    says: /standard input at byte 8: Uncaught Error: (long){10,600}l?o?n?g? \(3 times\)/,
    slow: true,
  },
  "sleeps where nothing wakes it": {
    does: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
    says: /standard input at byte 8: it took more than 1000 ms \(3 times\)/,
  },
  "takes memory by WebAssembly": {
    does: "new Uint8Array(new WebAssembly.Memory({ initial: 65000 }).buffer).fill(1);",
    says: /standard input at byte 8: it took more than 300 MiB of memory \(3 times\)/,
    slow: true,
  },
  "ends the process": { does: "Deno.exit(0);", says: /standard input at byte 8: TypeError/ },
};

/** Those that reach nothing, and lose nothing. */
const HARMLESS = new Set(["sends itself requests"]);

async function jobIn(folder: string, does: string, more = ""): Promise<string> {
  const file = `${folder}/job.ts`;
  await Deno.writeTextFile(
    file,
    `import { defineJob } from "tram";\nexport default defineJob({\n` +
      `  async map({ text }, emit) {\n    if (text === "bad") { ${does} }\n    emit(text, 1);\n  },\n` +
      `${more}});\n`,
  );
  return file;
}

const LIMITS = ["--job-timeout", "1s", "--job-memory", "300MiB", "--on-error", "skip"];

/** For what takes long before it is found out. */
const SLOW_LIMITS = ["--job-timeout", "60s", ...LIMITS.slice(2)];

for (const [title, { does, says, slow }] of Object.entries(ATTACKS)) {
  Deno.test(`tram mapreduce map contains a job that ${title}`, async () => {
    await withFolder(async (folder) => {
      const args = ["--job", await jobIn(folder, does), ...slow ? SLOW_LIMITS : LIMITS];
      const { code, stdout, stderr } = await runStep("map", args, "one\ntwo\nbad\nfour\n");
      assert.match(stderr, says);
      assert.equal(stdout, HARMLESS.has(title) ? ALL : REST);
      assert.equal(code, HARMLESS.has(title) ? 0 : 3);
    });
  });
}

Deno.test("tram mapreduce map contains a job that keeps counts from being checked", async () => {
  await withFolder(async (folder) => {
    const does = "RegExp.prototype.test = Number.isSafeInteger = () => true; emit('x', 'y');";
    const file = await jobIn(folder, does, '  combine: "sum",\n');
    const args = ["--job", file, ...LIMITS];
    const { code, stdout, stderr } = await runStep("map", args, "one\ntwo\nbad\nfour\n");
    assert.match(stderr, /byte 8: it answered what is no answer: The value "y" is no count/);
    assert.equal(stdout, REST);
    assert.equal(code, 3);
  });
});

Deno.test("tram mapreduce map names the record whose values the combiner does not like", async () => {
  await withFolder(async (folder) => {
    const more =
      '  combine(key) { if (key === "bad") throw new Error("not this"); return [1]; },\n';
    const args = ["--job", await jobIn(folder, "", more), "--on-error", "skip"];
    const { code, stdout, stderr } = await runStep("map", args, "one\nbad\nfour\n");
    assert.match(stderr, /left out: standard input at byte 4: Error: not this \(.*job\.ts:7:\d+\)/);
    assert.equal(stdout, "one\t1\nfour\t1\n");
    assert.equal(code, 3);
  });
});

Deno.test("tram mapreduce map gives each record its time, not all of them together", async () => {
  await withFolder(async (folder) => {
    const does = "await new Promise((resolve) => setTimeout(resolve, 250));";
    const args = ["--job", await jobIn(folder, does), "--job-timeout", "1s"];
    const { code, stdout } = await runStep("map", args, "bad\n".repeat(8));
    assert.equal(stdout, "bad\t1\n".repeat(8));
    assert.equal(code, 0);
  });
});

Deno.test("tram mapreduce run keeps its worker whatever a job does, and names the records", async () => {
  await withFolder(async (folder) => {
    const does = [
      'const { bad } = { bad: text.slice(4) }; if (bad === "set") Uint8Array.prototype.set = () => {};',
      `if (bad === "kind") ${changeAnswer("this.kind = 0x99;")}`,
      'if (bad === "loop") for (;;);',
      'if (bad === "throw") throw new Error("\\x1b[2J");',
    ].join(" ");
    const file = (await jobIn(folder, does)).toString();
    const source = (await Deno.readTextFile(file)).replace(
      'text === "bad"',
      'text.startsWith("bad")',
    );
    await Deno.writeTextFile(file, source);
    await Deno.writeTextFile(
      `${folder}/in.txt`,
      "one\nbad set\nbad kind\nbad loop\nbad throw\ntwo\n",
    );
    const { code, stdout } = await runTram([
      ...["mapreduce", "run", "--json", "--workers", "1", "--threads", "1", "--partitions", "1"],
      ...["--job", file, ...LIMITS, "--output", `${folder}/out`, `${folder}/in.txt`],
    ], { TMPDIR: folder });
    assert.equal(code, 3);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const changes = events.filter(({ type }) => type === "worker").map(({ change }) => change);
    assert.deepEqual(changes.filter((change) => change === "joined").length, 1, changes.join(" "));
    assert.equal(await Deno.readTextFile(`${folder}/out/part-00000`), "one\t1\ntwo\t1\n");
    const offsets = JSON.stringify(events.at(-1));
    for (const offset of [4, 12, 21, 30]) {
      assert.match(offsets, new RegExp(`"offset":${offset}\\b`));
    }
  });
});
