import assert from "node:assert/strict";
import { MAX_SOURCE_LENGTH } from "../../../../lib/mapreduce/jobs/job_description.ts";
import { JobSyntaxError } from "../../../../lib/mapreduce/jobs/user/job_syntax_error.ts";
import { linkedUrl } from "../../../../lib/mapreduce/jobs/user/linked_url.ts";
import { linkJob } from "../../../../lib/mapreduce/jobs/user/link_job.ts";
import { prepareUserJob } from "../../../../lib/mapreduce/jobs/user/prepare_user_job.ts";

Deno.test("prepareUserJob() replaces types by blanks, so that lines and columns hold", () => {
  const text = 'import { defineJob, type JobRecord } from "tram";\n' +
    "type A = {\n  a: number;\n};\nconst é: A = { a: 1 } satisfies A;\nexport default defineJob<'bytes'>({ map() { throw é; } });\n";
  const { source } = prepareUserJob("job.ts", text);
  assert.equal(source.length, text.length);
  assert.deepEqual(
    ["throw é", "= { a: 1 }", "({ map"].map((part) => source.indexOf(part)),
    ["throw é", "= { a: 1 }", "({ map"].map((part) => text.indexOf(part)),
  );
  assert(!source.includes("satisfies"));
});

Deno.test("prepareUserJob() leaves JavaScript as it is", () => {
  const text = "export default { map() {} };";
  assert.equal(prepareUserJob("./a/job.mjs", text).source, text);
});

const WRONG: readonly (readonly [string, string, RegExp, string?])[] = [
  ["a type that is none", "let a: = 1;", /^job\.ts:1:8: Unexpected token/, "let a: = 1;\n       ^"],
  ["a tab before the place", "\tlet a: = 1;", /^job\.ts:1:9: /, "\tlet a: = 1;\n\t       ^"],
  ["an enum", "\nenum A {}", /^job\.ts:2:1: TypeScript enum is not supported/, "enum A {}\n^"],
  ["an import", 'import a from "b";', /^job\.ts:1:15: a job cannot import "b"; it is one file/],
  ["a module that is passed on", 'export * from "./b.ts";', /^job\.ts:1:15: a job cannot import/],
  [
    "an import in a function",
    "const f = () =>\n  import('node:fs');",
    /^job\.ts:2:3: a job cannot load/,
  ],
];
for (const [title, text, message, excerpt] of WRONG) {
  Deno.test(`prepareUserJob() shows the place of ${title}`, () => {
    assert.throws(() => prepareUserJob("job.ts", text), (error) => {
      assert(error instanceof JobSyntaxError && error.isFinal);
      assert.match(error.message, message);
      if (excerpt !== undefined) assert.equal(error.excerpt, excerpt);
      return true;
    });
  });
}

Deno.test("prepareUserJob() shows a part of a very long line", () => {
  const text = `${"a;".repeat(5000)}let b: = 1;${"a;".repeat(5000)}`;
  assert.throws(() => prepareUserJob("job.ts", text), ({ excerpt }) => {
    const [line, caret] = excerpt.split("\n");
    assert.equal(line.length, 160);
    assert.equal(line[caret.length - 1], "=");
    return true;
  });
});

Deno.test("prepareUserJob() shows the place of a syntax error in JavaScript", () => {
  assert.throws(() => prepareUserJob("job.js", "let a = ;"), {
    name: "JobSyntaxError",
    message: "job.js:1:9: Unexpected token",
  });
});

Deno.test("prepareUserJob() refuses another kind of file, and one that is too large", () => {
  assert.throws(() => prepareUserJob("job.py", ""), /a name that ends in \.ts or \.js is right/);
  const large = " ".repeat(MAX_SOURCE_LENGTH + 1);
  assert.throws(() => prepareUserJob("job.js", large), /at most 524288 are allowed/);
});

Deno.test("linkJob() makes a module that stands alone, whatever words are in its texts", async () => {
  const source = linkJob(
    "job.js",
    "import { defineJob as define } from 'tram';\n" +
      "// import x from 'y'; import('z')\n" +
      "export const text = \"import a from 'tram'\";\n" +
      "export default define({ map: import.meta.url.slice(0, 5) });\n",
  );
  const module = await import(linkedUrl(source));
  assert.deepEqual(module.default, { map: "data:" });
  assert.equal(module.text, "import a from 'tram'");
});

Deno.test("prepareUserJob() refuses a source that is too deep to be read, in one line", () => {
  const deep = "(".repeat(200_000);
  assert.throws(() => prepareUserJob("a.js", deep), { name: "JobSyntaxError" });
  assert.throws(() => prepareUserJob("a.ts", deep), { name: /^Job(Syntax)?Error$/ });
});
