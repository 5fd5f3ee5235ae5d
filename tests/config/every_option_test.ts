/** Walks over every option of every command: by flag, by environment and by file it is the same. */
import assert from "node:assert/strict";
import { catalog } from "../../lib/app.ts";
import type { CommandTable } from "../../lib/config/command.ts";
import type { Option } from "../../lib/config/option.ts";
import { kebabName, variableName } from "../../lib/config/option_names.ts";
import { FakeRoom } from "../fake_context.ts";
import "ini"; // both are there before a file is read
import "smol-toml";

/** Options whose parsers take any text that can stand in a variable or a file. */
const TAKES_ANYTHING: ReadonlySet<string> = new Set([
  "ca-dir",
  "downloads",
  "executable",
  "hdr",
  "input-root",
  "job",
  "log-dir",
  "log-file",
  "machines",
  "mapper",
  "output",
  "pattern",
  "reducer",
  "retry-file",
  "samples",
  "spool",
  "ssh",
  "ssh-config",
  "store",
  "tag",
  "temp",
  "tls-ca",
  "tls-cert",
  "tls-key",
  "token-file",
]);

/** A right value for options that refuse their own default or have none: by placeholder. */
const SAMPLES: Readonly<Record<string, string>> = {
  BYTES: "512",
  DURATION: "3s",
  FILE: "some.file",
  HOST: "192.0.2.7",
  MEMORY: "64MiB",
  N: "7",
  "NAME=VALUE": "ForwardX11=no",
  PORT: "4711",
  RATE: "2k",
  SIZE: "64KiB",
  TIME: "2026-11-20T09:50:05Z",
};

/** What every parser that checks anything refuses. */
const WRONG = "no:such\u0001value";

/** Arguments that a command cannot do without. */
function neededArgs({ positional }: CommandTable): string[] {
  return Object.values(positional).filter(({ optional, rest }) => !optional && !rest)
    .map(({ choices = ["x"] }) => choices[0] ?? "x");
}

function sampleOf(option: Option): string {
  if (option.kind === "switch") return "true";
  return option.choices?.[0] ?? SAMPLES[option.placeholder] ?? option.default ?? "7";
}

async function run(
  { path, ...table }: CommandTable,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) {
  const room = new FakeRoom();
  for (const [name, text] of Object.entries(files)) room.texts.set(name, text);
  const args = [...path, ...flags, "--show-config", ...neededArgs({ path, ...table })];
  const { stdout, stderr, exitCode } = room.run(args, env);
  return { code: await exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** The value that `--show-config --json` tells, and where it is from. */
async function shown(
  table: CommandTable,
  name: string,
  ...given: readonly [
    flags: readonly string[],
    env?: Readonly<Record<string, string>>,
    files?: Readonly<Record<string, string>>,
  ]
): Promise<{ readonly value: unknown; readonly from: string }> {
  const [flags, env, files] = given;
  const hasJson = Object.hasOwn(table.options, "json");
  // Not for json itself, whose value does the same.
  const json = name === "json" || !hasJson ? [] : ["--json"];
  const { code, stdout, stderr } = await run(table, [...flags, ...json], env, files);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  if (hasJson) return JSON.parse(stdout).options[kebabName(name)];
  const row = stdout.split("\n").map((line) => line.split(/ {2,}/)).find(([first]) => {
    return first === kebabName(name);
  });
  const value = table.options[name]?.kind === "switch" ? row?.[1] === "true" : row?.[1];
  return { value, from: row?.[2] ?? "" };
}

for (const table of catalog) {
  const [subcommand = ""] = table.path;
  for (const [name, option] of Object.entries(table.options)) {
    if (option.secret) continue;
    const key = kebabName(name);
    const line = `${table.path.join(" ")} --${key}`;
    const sample = sampleOf(option);
    const variable = variableName(subcommand, name);
    const flags = option.kind === "switch" ? [`--${key}`] : [`--${key}`, sample];
    const toml = `[${subcommand}]\n${key} = "${sample}"\n`;

    Deno.test(`tram ${line} is the same by flag, variable and file`, async () => {
      const value = option.kind === "switch" ? true : sample;
      assert.deepEqual(await shown(table, name, flags), { value, from: "flag" });
      const env = { [variable]: sample };
      assert.deepEqual(await shown(table, name, [], env), { value, from: variable });
      if (option.common) {
        const general = variableName(undefined, name);
        const common = await shown(table, name, [], { [general]: sample });
        assert.deepEqual(common, { value, from: general });
      }
      const where = `[${subcommand}] ${key}`;
      for (const file of ["./tram.toml", "/home/ada/.config/tram/tram.toml"]) {
        const inToml = await shown(table, name, [], {}, { [file]: toml });
        assert.deepEqual(inToml, { value, from: `${file} ${where}` });
      }
      const ini = `[${subcommand}]\n${key} = ${sample}\n`;
      const inIni = await shown(table, name, [], {}, { "./tram.ini": ini });
      assert.deepEqual(inIni, { value, from: `./tram.ini ${where}` });
    });

    Deno.test(`tram ${line} by flag beats variable, and that beats file`, async () => {
      const files = { "./tram.toml": toml };
      assert.equal((await shown(table, name, flags, { [variable]: sample }, files)).from, "flag");
      assert.equal((await shown(table, name, [], { [variable]: sample }, files)).from, variable);
    });

    if (TAKES_ANYTHING.has(key)) continue;
    Deno.test(`tram ${line} with a wrong value ends with 2 and one line`, async () => {
      const wrong = [
        await run(table, [`--${key}=${WRONG}`]),
        await run(table, [], { [variable]: WRONG }),
        await run(table, [], {}, {
          "./tram.toml": `[${subcommand}]\n${key} = ${JSON.stringify(WRONG)}`,
        }),
      ];
      for (const { code, stdout, stderr } of wrong) {
        assert.equal(code, 2, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /^tram: [^\n]+\n$/);
        assert.match(stderr, /wanted .*, got "no:such\\x01value"/);
      }
      assert.match(wrong[1]?.stderr ?? "", new RegExp(`Cannot use ${variable}: wanted`));
      assert(
        wrong[2]?.stderr.startsWith(`tram: Cannot use ./tram.toml: [${subcommand}] ${key}: w`),
      );
    });
  }
}

Deno.test("catalog has the commands that stand in the help", () => {
  const paths = catalog.map(({ path }) => path.join(" "));
  for (const path of ["timer ping", "timer serve", "token new", "completion", "help"]) {
    assert(paths.includes(path), path);
  }
});

for (const table of catalog.filter(({ options }) => Object.keys(options).length > 0)) {
  const { path, options } = table;
  Deno.test(`tram ${path.join(" ")} has options whose defaults are right`, () => {
    for (const [name, option] of Object.entries(options)) {
      if (option.kind === "value" && option.default !== undefined) {
        assert.doesNotThrow(() => option.parse(option.default ?? ""), name);
      }
    }
  });
}
