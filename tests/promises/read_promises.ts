/** Reads `docs/promises.md`: which test shows which promise of which section. */

/** A test that a row names. */
export interface NamedTest {
  /** Path in the repository. */
  readonly file: string;
  /** As it stands in the file. */
  readonly title: string;
}

/** A row: a promise, or a line that was changed on purpose. */
export interface Row {
  readonly text: string;
  readonly tests: readonly NamedTest[];
}

/** What the page says. */
export interface Promises {
  /** Rows by page and section: `README.md` and `How it ends`. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>>;
  /** Sections that promise nothing, by page; `*` is all of a page. */
  readonly without: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Titles of the sections of a page of Markdown, without what stands in code. */
export function sectionsOf(markdown: string, level = 2): readonly string[] {
  const titles: string[] = [];
  let isCode = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) isCode = !isCode;
    const title = new RegExp(`^#{${level}} (.*)$`).exec(line)?.[1];
    if (title !== undefined && !isCode) titles.push(title);
  }
  return titles;
}

/** Reads the page. */
export function readPromises(markdown: string): Promises {
  const sections = new Map<string, Map<string, Row[]>>();
  const without = new Map<string, Set<string>>();
  let page = "";
  let section = "";
  for (const line of markdown.split("\n")) {
    const [, marks, title = ""] = /^(##|###) (.*)$/.exec(line) ?? [];
    if (marks === "##") [page, section] = [title, ""];
    if (marks === "###") section = title;
    if (marks !== undefined) {
      const rows = sections.get(page) ?? new Map<string, Row[]>();
      sections.set(page, rows.set(section, rows.get(section) ?? []));
      continue;
    }
    const [, file, name] = /^- `([^`]+)` "(.*)": ./.exec(line) ?? [];
    if (file !== undefined && name !== undefined) {
      without.set(file, (without.get(file) ?? new Set()).add(name));
    }
    const row = rowOf(line);
    if (row !== undefined) sections.get(page)?.get(section)?.push(row);
  }
  return { sections, without };
}

function rowOf(line: string): Row | undefined {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  const [, text, named] = cells;
  if (text === undefined || named === undefined || /^-+$/.test(text)) return undefined;
  if (named === "test" || named === "what failed") return undefined; // the head of a table
  const tests = [...named.matchAll(/`(tests\/[^`]+)`: `([^`]+)`/g)];
  return { text, tests: tests.map(([, file = "", title = ""]) => ({ file, title })) };
}
