import assert from "node:assert/strict";
import { childrenOf, isRunning, mapSortReduce, runStep, runWith } from "./mapreduce_steps.ts";
import { tramCommand, wait, withFolder } from "./processes.ts";
import { fromSource } from "./root.ts";

const LINES = "one\ntwo\nbad\nfour\n";
const TIMEOUT = ["--job-timeout", "500ms"];

/** Runs a mapper whose body is `body`. */
async function mapWith(body: string, args: readonly string[] = [], input = LINES, head = "") {
  return await withFolder(async (folder) => {
    const file = `${folder}/job.ts`;
    await Deno.writeTextFile(
      file,
      `import { defineJob } from "tram";\n${head}\nexport default defineJob({\n` +
        `  async map({ text, bytes, input, offset }, emit) {\n    ${body}\n  },\n});\n`,
    );
    const end = await runStep("map", ["--job", file, ...args], input);
    return { ...end, stderr: end.stderr.replaceAll(`${folder}/`, "") };
  });
}

Deno.test("tram mapreduce map runs a job in TypeScript without its types", async () => {
  const { code, stdout } = await mapWith(
    "const size: number = bytes.length; emit(text satisfies string, `${size} ${offset} ${input}`);",
  );
  assert.equal(code, 0);
  assert.equal(stdout.split("\n")[2], "bad\t3 8 standard input");
});

const FAILURES = {
  "throws on one record": {
    body:
      'emit("x", 1);\n    if (text === "bad") throw new Error("no such word");\n    emit(text, 1);',
    says: /standard input at byte 8: Error: no such word \(job\.ts:6:\d+\)/,
  },
  "loops for ever": {
    body: 'emit("x", 1); while (text === "bad"); emit(text, 1);',
    says: /standard input at byte 8: it took more than 500 ms \(3 times\)/,
  },
  "waits for ever": {
    body: 'emit("x", 1); if (text === "bad") await new Promise(() => {}); emit(text, 1);',
    says: /standard input at byte 8: it took more than 500 ms \(3 times\)/,
  },
  "allocates for ever": {
    body:
      'emit("x", 1); const all = []; while (text === "bad") all.push(new Array(1e6).fill(offset));' +
      "emit(text, 1);",
    says:
      /standard input at byte 8: (it took more than 300 MiB of memory|it ran out of memory) \(3 times\)/,
    args: ["--job-memory", "300MiB", "--job-timeout", "30s"],
  },
  "allocates buffers for ever": {
    body: 'emit("x", 1); const all = []; ' +
      'while (text === "bad") all.push(new Uint8Array(16e6).fill(1)); emit(text, 1);',
    says: /standard input at byte 8: it took more than 300 MiB of memory \(3 times\)/,
    args: ["--job-memory", "300MiB", "--job-timeout", "30s"],
  },
  "emits for ever": {
    body: 'emit("x", 1); while (text === "bad") emit(text, 1); emit(text, 1);',
    says: /standard input at byte 8: it emitted more than 33554432 bytes/,
    args: ["--job-timeout", "30s"],
  },
  "recurses for ever": {
    body:
      'emit("x", 1); const f = (n: number): number => text === "bad" ? f(n + 1) + 1 : n; f(1);' +
      "emit(text, 1);",
    says: /standard input at byte 8: RangeError: Maximum call stack size exceeded/,
  },
  "fails later": {
    body: 'emit("x", 1); if (text === "bad") { setTimeout(() => { throw new Error("late") }, 1);' +
      " await new Promise(() => {}); } emit(text, 1);",
    says: /standard input at byte 8: .*late.* \(3 times\)/,
  },
  "emits what is neither text nor number": {
    body: 'emit("x", 1); emit(text, text === "bad" ? {} as never : 1);',
    says: /standard input at byte 8: TypeError: Cannot emit the value of type object/,
  },
};

for (const [title, { body, says, ...more }] of Object.entries(FAILURES)) {
  const args = "args" in more ? more.args : TIMEOUT;
  Deno.test(`tram mapreduce map --on-error skip goes on behind a job that ${title}`, async () => {
    const { code, stdout, stderr } = await mapWith(body, [...args, "--on-error", "skip"]);
    assert.match(stderr, says);
    assert.equal(stdout, "x\t1\none\t1\nx\t1\ntwo\t1\nx\t1\nfour\t1\n");
    assert.equal(code, 3);
  });
}

for (const title of ["throws on one record", "loops for ever"] as const) {
  Deno.test(`tram mapreduce map ends with 1 after a job that ${title}`, async () => {
    const { code, stderr } = await mapWith(FAILURES[title].body, TIMEOUT);
    assert.match(stderr, FAILURES[title].says);
    assert.equal(code, 1);
  });
}

/** Each tries to get at something; a secret lies in the file `SECRET`. */
const ATTEMPTS = {
  "reads a file": "Deno.readTextFileSync('/etc/passwd')",
  "reads a file by the process object":
    "process.getBuiltinModule('fs').readFileSync('/etc/passwd')",
  "opens a socket": "await Deno.connect({ port: 9 })",
  "fetches": "await fetch('http://127.0.0.1:9/')",
  "reads the environment": "Deno.env.get('HOME')",
  "starts a program": "new Deno.Command('id').outputSync()",
  "starts a thread": "new Worker('data:text/javascript,', { type: 'module' })",
  "makes code of a text": "eval('1 + 1')",
  "makes a function of a text": "(() => {}).constructor('return 1')()",
  "makes an asynchronous function of a text": "(async () => {}).constructor('return 1')()",
  "makes a generator of a text": "(function* () {}).constructor('yield 1')().next()",
  "gives a timer a text": "setTimeout('1', 0)",
  "writes to standard output": "Deno.stdout.writeSync(new Uint8Array(9))",
  "ends its thread": "close()",
};

Deno.test("tram mapreduce map refuses a job that reaches for anything but its records", async () => {
  const attempts = Object.entries(ATTEMPTS);
  const cases = attempts.map(([title, attempt]) => `case "${title}": got = ${attempt}; break;`);
  const body = `let got: any; switch (text) { ${cases.join(" ")} } emit("got it", String(got));`;
  const input = attempts.map(([title]) => `${title}\n`).join("");
  const { code, stdout, stderr } = await mapWith(body, ["--on-error", "skip"], input);
  assert.equal(stdout, "");
  let offset = 0;
  for (const [title] of attempts) {
    const says = new RegExp(`input at byte ${offset}: \\w*Error: .* \\(job\\.ts:5:\\d+\\)\n`);
    assert.match(stderr, says, title);
    offset += title.length + 1;
  }
  assert.equal(code, 3);
});

const WRONG = {
  'import fs from "node:fs";':
    /^tram: job\.ts:2:16: a job cannot import "node:fs".*\n {2}import fs from "node:fs";\n {17}\^\n$/,
  'const data = await import("file:///etc/passwd");':
    /^tram: job\.ts:2:20: a job cannot load modules/,
  "const a: = 3;": /^tram: job\.ts:2:10: .*\n {2}const a: = 3;\n {11}\^\n$/,
  "enum A { B }": /^tram: job\.ts:2:1: TypeScript enum is not supported/,
};

for (const [line, says] of Object.entries(WRONG)) {
  Deno.test(`tram mapreduce map shows where a job is wrong: ${line}`, async () => {
    const { code, stderr } = await mapWith("", [], LINES, line);
    assert.match(stderr, says);
    assert.equal(code, 2);
  });
}

Deno.test("tram mapreduce map ends when a job throws while it is loaded", async () => {
  const { code, stderr } = await mapWith("", [], LINES, 'throw new Error("not today");');
  assert.match(stderr, /^tram: Cannot load .*job\.ts: Error: not today \(.*job\.ts:2:7\)\n$/);
  assert.equal(code, 1);
});

Deno.test("tram mapreduce map keeps what a job prints out of its output", async () => {
  const body = 'console.log("hello", text); console.error({ text }); emit(text, 1);';
  const { code, stdout, stderr } = await mapWith(body);
  assert.equal(stdout, "one\t1\ntwo\t1\nbad\t1\nfour\t1\n");
  assert.match(stderr, /^reporter:status:\{"text":"four"\}$/m);
  assert.match(stderr, /^reporter:counter:tram,printed lines,8$/m);
  assert.equal(code, 0);
});

Deno.test("tram mapreduce sandbox ends when its worker is killed, whatever the job does", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/job.js`;
    await Deno.writeTextFile(file, "export default { map() { for (;;); } };");
    const { command, prefix } = tramCommand();
    const child = new Deno.Command(command, {
      args: [...prefix, "mapreduce", "map", "--job", file],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("one\n"));
      await writer.close();
      while (childrenOf(child.pid).length === 0) await wait(20);
      const [sandbox = 0] = childrenOf(child.pid);
      await wait(500);
      assert(isRunning(sandbox));
      child.kill("SIGKILL");
      await child.status;
      for (let left = 200; left > 0 && isRunning(sandbox); left--) await wait(50);
      assert(!isRunning(sandbox));
    } finally {
      await child.status;
    }
  });
});

Deno.test("tram mapreduce map | sort | reduce runs a job with a combiner and a reducer", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/job.ts`;
    await Deno.writeTextFile(
      file,
      `import { defineJob } from "tram";
const sum = (values: readonly string[]): number => values.reduce((all, one) => all + Number(one), 0);
export default defineJob({
  map({ text }, emit, tools) {
    for (const word of text.split(" ")) emit(word, 1);
    tools.count("lines");
  },
  combine: (_, values) => [sum(values)],
  async reduce(key, values, emit) {
    const all: string[] = [];
    for await (const value of values) all.push(value);
    emit(key, sum(all));
  },
});
`,
    );
    const { stdout, code } = await mapSortReduce(["--job", file], "b a b\nä a\n");
    assert.equal(stdout, "a\t2\nb\t2\nä\t1\n");
    assert.equal(code, 0);
  });
});

Deno.test("THREAD_OPTIONS leave a job without permissions, if it ever got hold of the runtime", async () => {
  const program = fromSource("tests/e2e/mapreduce_thread_process.ts");
  const args = ["run", "-A", "--quiet", "--unstable-worker-options", program];
  const { stdout } = await runWith(Deno.execPath(), args, "");
  assert.equal(stdout, `${Array(8).fill("NotCapable").join(" ")}\n`);
});

Deno.test("openUserJob() gives pipes and processes back, however many have died", async () => {
  // A process of its own: files and children of this one are those of other tests, too.
  const program = fromSource("tests/e2e/mapreduce_pipes_process.ts");
  const { stdout, stderr } = await runWith(Deno.execPath(), ["run", "-A", "--quiet", program], "");
  assert.equal(stdout, "3 died, 0 files and 0 processes are left\n", stderr);
});
