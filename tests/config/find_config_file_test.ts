/** Which configuration file counts. */
import assert from "node:assert/strict";
import { FakeRoom } from "../fake_context.ts";
import "ini"; // both are there before a file is read
import "smol-toml";

const OWN = "/home/ada/.config/tram";

/** Runs `tram timer ping --show-config --json` where files give their own number as the port. */
async function find(
  paths: readonly string[],
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  strangers: readonly string[] = [],
) {
  const room = new FakeRoom();
  for (const [at, path] of paths.entries()) room.texts.set(path, `[timer]\nport = ${at + 1}\n`);
  for (const path of strangers) room.strangers.add(path);
  const args = ["timer", "ping", "--show-config", "--json", ...flags];
  const { stdout, stderr, exitCode } = room.run(args, env);
  const code = await exitCode;
  if (code !== 0) return { code, stderr: stderr.text };
  const { file, options } = JSON.parse(stdout.text);
  return { file, port: options.port.value };
}

const ALL = ["./tram.toml", "./tram.ini", `${OWN}/tram.toml`, `${OWN}/tram.ini`];

for (const [at, path] of ALL.entries()) {
  Deno.test(`findConfigFile() takes ${path} when no earlier one is there`, async () => {
    const rest = ALL.slice(at);
    assert.deepEqual(await find(rest), { file: path, port: "1" });
  });
}

Deno.test("findConfigFile() reads no file when there is none", async () => {
  assert.deepEqual(await find([]), { file: null, port: "47945" });
});

Deno.test("findConfigFile() takes --config, else TRAM_CONFIG, before all others", async () => {
  const paths = ["./tram.toml", "a.toml", "b.ini"];
  const env = { TRAM_CONFIG: "b.ini" };
  assert.deepEqual(await find(paths, ["--config", "a.toml"], env), { file: "a.toml", port: "2" });
  assert.deepEqual(await find(paths, [], env), { file: "b.ini", port: "3" });
  assert.deepEqual(await find(paths, [], { TRAM_CONFIG: "" }), { file: "./tram.toml", port: "1" });
});

Deno.test("findConfigFile() reads no file for none", async () => {
  const expected = { file: null, port: "47945" };
  assert.deepEqual(await find(ALL, ["--config", "none"]), expected);
  assert.deepEqual(await find(ALL, [], { TRAM_CONFIG: "none" }), expected);
});

Deno.test("findConfigFile() refuses a named file that is not there", async () => {
  assert.deepEqual(await find(ALL, ["--config", "gone"]), {
    code: 2,
    stderr:
      "tram: Cannot read configuration file gone: there is no such file; --config wants a file, " +
      'or "none"\n',
  });
  assert.deepEqual(await find(ALL, [], { TRAM_CONFIG: "gone" }), {
    code: 2,
    stderr:
      "tram: Cannot read configuration file gone: there is no such file; TRAM_CONFIG wants a file, " +
      'or "none"\n',
  });
});

Deno.test("findConfigFile() refuses a stranger's file here, and takes it when it is named", async () => {
  const refused = await find(ALL, [], {}, ["./tram.toml"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr ?? "", /^tram: Cannot use \.\/tram\.toml: it belongs to [^\n]*\n$/);
  const named = await find(ALL, ["--config", "./tram.toml"], {}, ["./tram.toml"]);
  assert.deepEqual(named, { file: "./tram.toml", port: "1" });
});

Deno.test("findConfigFile() is not asked by commands without options", async () => {
  const room = new FakeRoom();
  room.strangers.add("./tram.toml");
  const shown = room.run(["help", "timer"]);
  assert.equal(await shown.exitCode, 0);
});
