/** One way to do each thing: an option is the same in all commands that have it. */
import assert from "node:assert/strict";
import { catalog } from "../../lib/app.ts";
import type { CommandTable } from "../../lib/config/command.ts";
import type { Option } from "../../lib/config/option.ts";

/** What two options of one name share, as text. */
function formOf(option: Option): string {
  const { alias = "", common = false } = option;
  if (option.kind === "switch") return `switch -${alias} ${common}`;
  const { placeholder, completes = "", choices = [], repeats = false } = option;
  return `${placeholder} -${alias} ${completes} ${common} ${choices} ${repeats}`;
}

/** Options that differ, each with its reason. */
const DIFFERENT: ReadonlySet<string> = new Set([
  "launch mapreduce output", // -o is the option of ssh in all of launch
]);

const nameOf = ({ path }: CommandTable) => path.join(" ");

Deno.test("an option has one letter, one kind of value and one completion wherever it is", () => {
  const known = new Map<string, { readonly form: string; readonly where: string }>();
  for (const table of catalog) {
    for (const [name, option] of Object.entries(table.options)) {
      const where = `${nameOf(table)} ${name}`;
      if (DIFFERENT.has(where)) continue;
      const form = formOf(option);
      const other = known.get(name);
      if (other !== undefined) assert.equal(form, other.form, `${where} and ${other.where}`);
      else known.set(name, { form, where });
    }
  }
});

Deno.test("a command that listens, dials or prints JSON has all that goes with it", () => {
  const together = [
    ["json", "logLevel", "logFile", "logFormat"],
    ["tlsCert", "tlsKey", "tokenFile", "insecure", "json"],
    ["tlsCa", "tokenFile", "insecure", "timeout", "json"],
    ["insecure", "tokenFile"],
  ] as const;
  const exceptions: ReadonlySet<string> = new Set(["launch bot"]); // hidden: launch alone starts it
  for (const table of catalog) {
    if (exceptions.has(nameOf(table))) continue;
    for (const [first, ...rest] of together) {
      if (!Object.hasOwn(table.options, first)) continue;
      for (const name of rest) {
        assert(Object.hasOwn(table.options, name), `${nameOf(table)} has ${first} and no ${name}`);
      }
    }
  }
});

Deno.test("a bare number is seconds, of an interval milliseconds, of a size bytes", () => {
  const units: Readonly<Record<string, readonly [bare: string, said: string]>> = {
    DURATION: ["7", "7s"],
    SIZE: ["4096", "4KiB"],
    MEMORY: ["67108864", "64MiB"],
  };
  for (const table of catalog) {
    if (table.path[0] === "launch") continue; // what it passes on is parsed by the tool
    for (const [name, option] of Object.entries(table.options)) {
      if (option.kind === "switch") continue;
      const [bare, said] = units[option.placeholder] ?? [];
      if (bare === undefined || said === undefined) continue;
      const meant = name === "interval" ? "7ms" : said;
      assert.equal(option.parse(bare), option.parse(meant), `${nameOf(table)} --${name}`);
    }
  }
});
