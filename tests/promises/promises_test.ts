/** `docs/promises.md` names a test for each promise, and no section of the pages is left out. */
import assert from "node:assert/strict";
import { type NamedTest, readPromises, sectionsOf } from "./read_promises.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));

const { sections, without } = readPromises(read("docs/promises.md"));

/** Pages whose sections have to be looked at. */
const pages = [
  "README.md",
  ...[...Deno.readDirSync(new URL("docs/", ROOT))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `docs/${name}`).sort(),
];

/** Whether a test of this title stands in that file. */
function isThere({ file, title }: NamedTest): boolean {
  try {
    const source = read(file);
    return ['"', "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
  } catch {
    return false;
  }
}

Deno.test("docs/promises.md names only tests that are there, and one for each promise", () => {
  const rows = [...sections.values()].flatMap((page) => [...page.values()].flat());
  assert(rows.length > 150, "the page is read");
  assert.deepEqual(rows.filter(({ tests }) => tests.length === 0).map(({ text }) => text), []);
  const missing = rows.flatMap(({ tests }) => tests).filter((test) => !isThere(test));
  assert.deepEqual(missing, []);
});

Deno.test("each section of the README and of docs/ has its promises, or a reason to have none", () => {
  const open = pages.flatMap((page) =>
    without.get(page)?.has("*") ? [] : sectionsOf(read(page))
      .filter((title) => !without.get(page)?.has(title))
      .filter((title) => (sections.get(page)?.get(title)?.length ?? 0) === 0)
      .map((title) => `${page}: ${title}`)
  );
  assert.deepEqual(open, []);
});

Deno.test("docs/promises.md knows no section that is gone", () => {
  for (const [page, rows] of sections) {
    if (!pages.includes(page)) continue; // what is promised of all, and what was broken on purpose
    const titles = new Set(["", ...sectionsOf(read(page))]);
    for (const title of rows.keys()) assert(titles.has(title), `${page}: ${title}`);
  }
  for (const [page, titles] of without) {
    const known = new Set(["*", ...sectionsOf(read(page))]);
    for (const title of titles) assert(known.has(title), `${page}: ${title}`);
  }
});

Deno.test("readPromises() finds rows by section, with bars and several tests", () => {
  const page = readPromises([
    "## a.md",
    "### First",
    "| promise | test |",
    "| ------- | ---- |",
    "| one \\| two | `tests/a_test.ts`: `a \\| b` <br>`tests/b_test.ts`: `c ${d}` |",
    "## Sections without promises",
    '- `b.md` "Second": an example',
  ].join("\n"));
  assert.deepEqual(page.sections.get("a.md")?.get("First"), [{
    text: "one | two",
    tests: [
      { file: "tests/a_test.ts", title: "a | b" },
      { file: "tests/b_test.ts", title: "c ${d}" },
    ],
  }]);
  assert(page.without.get("b.md")?.has("Second"));
});

Deno.test("sectionsOf() leaves out what stands in code", () => {
  assert.deepEqual(sectionsOf("# a\n## b\n```\n## c\n```\n### d\n## e `f`"), ["b", "e `f`"]);
});
