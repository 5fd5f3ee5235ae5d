/** `tram __complete` and `tram completion`, as the scripts call them. */
import assert from "node:assert/strict";
import { catalog } from "../../lib/app.ts";
import { flagsOf } from "../../lib/config/config_options.ts";
import { kebabName } from "../../lib/config/option_names.ts";
import { FakeRoom } from "../fake_context.ts";

async function complete(shell: string, ...words: string[]) {
  const room = new FakeRoom();
  const { stdout, stderr, exitCode } = room.run(["__complete", shell, "--", ...words]);
  assert.equal(await exitCode, 0);
  assert.equal(stderr.text, "");
  return stdout.text.split("\n").slice(0, -1);
}

const TOOLS = ["timer", "collect", "chat", "mapreduce", "launch"];
const EVERYTHING = [...TOOLS, "token", "tls", "completion", "help"];

for (
  const [words, proposals] of [
    [[""], EVERYTHING],
    [["ti"], ["timer"]],
    [["--v"], ["--version"]],
    [["token", ""], ["new", "show"]],
    [["timer", "pi"], ["ping"]],
    [["timer", "nothing", ""], []],
    [["timer", "ping", "--to"], ["--token-file"]],
    [["timer", "ping", "--token-file", ""], [":files"]],
    [["timer", "ping", "--token-file", "abc"], [":files"]],
    [["timer", "ping", "--token-file=abc"], [":files"]],
    [["timer", "ping", "--config", ""], [":files"]],
    [["timer", "ping", "--port", ""], []],
    [["timer", "ping", "-c", ""], []],
    [["timer", "ping", "--num_msgs", ""], []],
    [["timer", "ping", "--num"], []],
    [["timer", "ping", "--port="], []],
    [["timer", "ping", "--json="], ["--json=true", "--json=false"]],
    [["timer", "ping", "--json=f"], ["--json=false"]],
    [["timer", "ping", "--port", "1", "--po"], []],
    [["timer", "ping", "--nothing", "1", "--po"], []],
    [["timer", "ping", "--nothing="], []],
    [["timer", "ping", "--", "--po"], []],
    [["timer", "ping", "--hel"], ["--help"]],
    [["completion", ""], ["bash", "zsh", "fish"]],
    [["completion", "f"], ["fish"]],
    [["help", ""], EVERYTHING],
    [["help", "timer", "s"], ["serve"]],
    [["help", "timer", "serve", ""], []],
    [["__"], []],
    [[], []],
    [["constructor", ""], []],
    [["\u001b", "\u0000"], []],
  ] as const
) {
  Deno.test(`tram __complete with ${JSON.stringify(words)} proposes [${proposals}]`, async () => {
    assert.deepEqual(await complete("bash", ...words), proposals);
  });
}

Deno.test("tram __complete tells zsh and fish what a word is for, and bash not", async () => {
  const [bash] = await complete("bash", "timer", "ping", "--hos");
  assert.equal(bash, "--host");
  for (const shell of ["zsh", "fish"]) {
    assert.deepEqual(await complete(shell, "timer", "ping", "--hos"), ["--host\tServer to ask"]);
  }
});

for (const table of catalog.filter(({ hidden }) => !hidden)) {
  Deno.test(`tram __complete knows each flag of tram ${table.path.join(" ")}`, async () => {
    const lines = await complete("bash", ...table.path, "--");
    const flags = Object.entries(flagsOf(table)).filter(([, { hidden }]) => !hidden)
      .map(([name]) => `--${kebabName(name)}`);
    assert.deepEqual(lines.toSorted(), [...flags, "--help"].toSorted());
  });
}

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`tram completion ${shell} prints a script that calls back`, async () => {
    const { stdout, stderr, exitCode } = new FakeRoom().run(["completion", shell]);
    assert.equal(await exitCode, 0);
    assert.equal(stderr.text, "");
    assert.match(stdout.text, new RegExp(`__complete ${shell} -- `));
  });
}

for (
  const [args, says] of [
    [["completion"], /without SHELL/],
    [["completion", "csh"], /Failed to parse "csh" for SHELL: wanted bash, zsh or fish, got "csh"/],
    [["completion", "bash", "zsh"], /Too many arguments/],
  ] as const
) {
  Deno.test(`tram ${args.join(" ")} ends with 2 and one line`, async () => {
    const { stdout, stderr, exitCode } = new FakeRoom().run(args);
    assert.equal(await exitCode, 2);
    assert.equal(stdout.text, "");
    assert.match(stderr.text, says);
    assert.match(stderr.text, /^tram: [^\n]+\n$/);
  });
}
