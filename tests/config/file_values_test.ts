import assert from "node:assert/strict";
import fc from "fast-check";
import { fileValues } from "../../lib/config/file_values.ts";
import { parseConfigText } from "../../lib/config/parse_config_text.ts";
import { UsageError } from "../../lib/config/usage_error.ts";
import { tinyCatalog, tinyCommand, tinyOther } from "./tiny_program.ts";

async function read(text: string, command = tinyCommand, path = "t.toml") {
  return fileValues({ path, data: await parseConfigText(text, path) }, command, tinyCatalog);
}

/** Texts by option. */
async function texts(...args: Parameters<typeof read>) {
  return Object.fromEntries([...await read(...args)].map(([name, { text }]) => [name, text]));
}

Deno.test("fileValues() takes the command's own section first, then its subcommand's, then the top", async () => {
  const text = 'log = "top"\njson = true\n' +
    '[tiny]\nlog = "tiny"\nsize = 1\nmax-count = 1\n[tiny.run]\nsize = 2\n[tiny.other]\nmax-count = 9';
  assert.deepEqual(await texts(text), { log: "tiny", json: "true", size: "2", maxCount: "1" });
  const origins = [...await read(text)].map(([, { origin }]) => origin);
  assert.deepEqual(origins, [
    "t.toml [tiny] log",
    "t.toml json",
    "t.toml [tiny.run] size",
    "t.toml [tiny] max-count",
  ]);
});

for (const key of ["max-count", "max_count", "maxCount", "upper_limit", "upper-limit"]) {
  Deno.test(`fileValues() knows maxCount as ${key}`, async () => {
    assert.deepEqual(await texts(`[tiny]\n${key} = 3`), { maxCount: "3" });
  });
}

Deno.test("fileValues() reads .ini as it reads TOML", async () => {
  const text = "; comment\njson = yes\n[tiny]\nsize = 64KiB\n[tiny.run]\nmax_count = 3\n";
  assert.deepEqual(await texts(text, tinyCommand, "t.ini"), {
    json: "yes",
    size: "64KiB",
    maxCount: "3",
  });
});

Deno.test("fileValues() does not look into sections of other subcommands", async () => {
  assert.deepEqual(await texts('[chat]\nanything = [1]\n[chat.deep]\nx = "y"'), {});
});

Deno.test("fileValues() takes a value that a sibling takes, unless it is the command's own", async () => {
  const text = '[tiny]\nmax-count = "none"';
  assert.deepEqual(await texts(text, tinyOther), { maxCount: "none" });
  assert.deepEqual(await texts(text), { maxCount: "none" }, "resolve() refuses it when it counts");
  assert.deepEqual(await texts(`${text}\n[tiny.run]\nmax-count = 3`), { maxCount: "3" });
});

for (
  const [text, says] of [
    ['[tiny]\nsiez = "1"', '[tiny] has no key "siez"; did you mean "size"?'],
    [
      "[tiny]\nsize = true",
      '[tiny] size: wanted a size such as 512, 64KiB, 2MB or 1GiB, got "true"',
    ],
    ["[tiny]\nsize = [1]", "[tiny] size: wanted one value, got an array"],
    ["[tiny]\nsize = {}", "[tiny] size: wanted one value, got a table"],
    ["[tiny]\nsize = 2020-01-01", "[tiny] size: wanted one value, got a date"],
    [
      "[tiny]\nsize = 1e30",
      '[tiny] size: wanted a size such as 512, 64KiB, 2MB or 1GiB, got "1e+30"',
    ],
    ["[tiny.runn]\nx = 1", "there is no section [tiny.runn]; did you mean [tiny.run]?"],
    ["[tiny.run]\ntarget = 1", '[tiny.run] has no key "target"'],
    ["[tiny.other]\nmax-count = 0", /^\[tiny\.other\] max-count: wanted a whole number from 1/],
    ["[tiney]", "there is no section [tiney]; did you mean [tiny]?"],
    ["tiny = 1", "tiny: wanted a section [tiny]"],
    ["[[tiny]]", "tiny: wanted a section [tiny]"],
    ["sizes = 1", 'the top of the file has no key "sizes"'],
    ["size = 1", 'the top of the file has no key "size"; put it into [tiny]'],
    ['jsn = "1"', 'the top of the file has no key "jsn"; did you mean "json"?'],
    [
      "[tiny]\nmax-count = 1\nmaxCount = 2",
      /has both "max-count" and "maxCount", which are one op/,
    ],
    ["[tiny]\nsize = = 2", "line 2, column 8: invalid value"],
    ["[tiny]\nsize = 1\nsize = 2", /^line 3, column 1: trying to redefine/],
    ["__proto__ = 1", 'the top of the file has no key "__proto__"'],
    ["[__proto__]\nsize = 1", "there is no section [__proto__]"],
    ["[tiny.__proto__]\nsize = 1", "there is no section [tiny.__proto__]"],
    ["[tiny]\nconstructor = 1", '[tiny] has no key "constructor"'],
    ["[tiny.constructor.prototype]\nx = 1", "there is no section [tiny.constructor]"],
  ] as const
) {
  Deno.test(`fileValues() refuses ${JSON.stringify(text)}`, async () => {
    await assert.rejects(read(text), (error) => {
      assert(error instanceof UsageError);
      assert(error.message.startsWith("Cannot use t.toml: "), error.message);
      const rest = error.message.slice("Cannot use t.toml: ".length);
      if (typeof says === "string") assert.equal(rest, says);
      else assert.match(rest, says);
      return true;
    });
  });
}

Deno.test("fileValues() lets no .ini file reach a prototype", async () => {
  const text = "__proto__ = x\n[__proto__]\npolluted = 1\n[constructor.prototype]\npolluted = 1\n";
  await assert.rejects(read(text, tinyCommand, "t.ini"), UsageError);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

for (
  const [text, says] of [
    ["__proto__ = x", "line 1: no key has the name __proto__"],
    ["json = yes\r\n[tiny]\r\n '__proto__' [] = x", "line 3: no key has the name __proto__"],
    ["__proto__[] = 1", "line 1: no key has the name __proto__"],
    ["[__proto__]\nsize = 1", "line 1: no section has the name __proto__"],
    ["; __proto__\n[tiny.__proto__]\nsize = 1", "line 2: no section has the name __proto__"],
    ['"\\u005f_proto__" = 1', "line 1: no key has the name __proto__"],
  ] as const
) {
  Deno.test(`fileValues() of an .ini file refuses ${JSON.stringify(text)}`, async () => {
    const message = `Cannot use t.ini: ${says}`;
    await assert.rejects(read(text, tinyCommand, "t.ini"), { name: "UsageError", message });
  });
}

for (
  const text of [
    "KEY = 1",
    "[tiny]\nKEY = 1",
    "[KEY]\n",
    "[tiny.KEY]\n",
    `[tiny]\nmax${"-".repeat(1e6)}count = []`,
  ]
) {
  Deno.test(`fileValues() does not show all of a long name: ${text.slice(0, 20)}`, async () => {
    await assert.rejects(read(text.replace("KEY", "k".repeat(1e6))), (error) => {
      assert(error instanceof UsageError);
      assert(error.message.length < 300, error.message.slice(0, 1000));
      return true;
    });
  });
}

Deno.test("fileValues() of any text gives values or a UsageError of one line", async () => {
  const key = fc.constantFrom("size", "json", "max_count", "__proto__", "x", "tiny", '"a\\nb"');
  const value = fc.constantFrom("1", '"1k"', "true", "[]", "{}", "inf", "2020-01-01", "=", "");
  const line = fc.oneof(
    fc.tuple(key, value).map(([k, v]) => `${k} = ${v}`),
    fc.constantFrom("[tiny]", "[tiny.run]", "[chat]", "[[tiny]]", "[__proto__]", "[x]", "\ufeff"),
    fc.string({ maxLength: 10 }),
  );
  const file = fc.constantFrom("t.toml", "t.ini");
  await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 6 }), file, async (lines, path) => {
    try {
      await read(lines.join("\n"), tinyCommand, path);
    } catch (error) {
      assert(error instanceof UsageError, String(error));
    }
    assert.deepEqual(Object.keys(Object.prototype), []);
  }));
});
