/** Completion in real shells: bash, zsh and fish have to be there (Debian: bash zsh fish). */
import assert from "node:assert/strict";
import { type Ended, runTram, tramCommand } from "./processes.ts";
import { fromSource } from "./root.ts";

/** How long a shell may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 60_000;

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A folder with a `tram` to be found on the path, the shell's script, and some files. */
async function withShell(
  shell: "bash" | "zsh" | "fish",
  body: (run: (args: readonly string[]) => Promise<Ended>, script: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tram-completion-" });
  try {
    const { command, prefix } = tramCommand();
    await Deno.mkdir(`${folder}/bin`);
    await Deno.mkdir(`${folder}/here`);
    const wrapper = `#!/bin/sh\nexec ${[command, ...prefix].map(quote).join(" ")} "$@"\n`;
    await Deno.writeTextFile(`${folder}/bin/tram`, wrapper, { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/here/room.token`, "");
    const { code, stdout } = await runTram(["completion", shell]);
    assert.equal(code, 0);
    const script = `${folder}/script`;
    await Deno.writeTextFile(script, stdout);
    const run = async (args: readonly string[]) => {
      const program = new Deno.Command(shell, {
        args: [...args],
        cwd: `${folder}/here`,
        env: {
          PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
          XDG_CONFIG_HOME: folder, // fish keeps things in these two
          XDG_DATA_HOME: folder,
          NO_COLOR: "1",
        },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const output = await program.output().catch((error) => {
        throw new Error(`Cannot run ${shell}: ${error.message}; install it (Debian: ${shell})`);
      });
      const decoder = new TextDecoder();
      return {
        code: output.code,
        stdout: decoder.decode(output.stdout),
        stderr: decoder.decode(output.stderr),
      };
    };
    await body(run, script);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Words as bash breaks them, `=` for itself, and what it proposes. */
for (
  const [words, proposals] of [
    [["ti"], ["timer"]],
    [["timer", "pi"], ["ping"]],
    [["token", ""], ["new", "show"]],
    [["timer", "ping", "--token-f"], ["--token-file"]],
    [["timer", "ping", "--token-file", "room"], ["room.token"]],
    [["timer", "ping", "--token-file", "=", "room"], ["room.token"]],
    [["timer", "ping", "--token-file", "="], ["room.token"]],
    [["timer", "ping", "--json", "=", "f"], ["false"]],
    [["timer", "ping", "--json=f"], ["--json=false"]],
    [["timer", "ping", "--port", ""], []],
    [["nothing", ""], []],
  ] as const
) {
  Deno.test(`bash completes tram ${words.join(" ")}`, async () => {
    await withShell("bash", async (run, script) => {
      const current = words.at(-1) === "=" ? "" : words.at(-1) ?? "";
      const { code, stdout, stderr } = await run([
        "--norc",
        "-c",
        `source "$0"; complete -p tram >/dev/null || exit 9
        COMP_WORDS=(tram "\${@:2}"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        _tram tram "$1"; ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`,
        script,
        current,
        ...words,
      ]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(stdout.split("\n").slice(0, -1), proposals);
    });
  });
}

for (
  const [line, becomes] of [
    ["tram ti", "tram timer "],
    ["tram timer pi", "tram timer ping "],
    ["tram timer ping --token-f", "tram timer ping --token-file "],
    ["tram timer ping --token-file ro", "tram timer ping --token-file room.token "],
    ["tram timer ping --token-file=ro", "tram timer ping --token-file=room.token "],
    ["tram timer ping --json=f", "tram timer ping --json=false "],
    ["tram completion f", "tram completion fish "],
  ] as const
) {
  Deno.test(`zsh completes ${line}`, async () => {
    await withShell("zsh", async (run, script) => {
      const ended = await run(["-f", fromSource("tests/e2e/complete.zsh"), script, line]);
      assert.deepEqual([ended.code, ended.stderr], [0, ""]);
      // zsh takes the space that it added back when another one is typed.
      const left = ended.stdout.replaceAll(" ^H", "");
      assert(left.includes(`${becomes}#DONE`), ended.stdout);
    });
  });
}

Deno.test("zsh lists the commands of a subcommand with what they are for", async () => {
  await withShell("zsh", async (run, script) => {
    const { stdout } = await run([
      "-f",
      fromSource("tests/e2e/complete.zsh"),
      script,
      "tram token ",
    ]);
    assert.match(stdout, /new +-- Make a token/);
    assert.match(stdout, /show +-- Print your token file/);
  });
});

for (
  const [line, proposals] of [
    ["tram ti", ["timer\tMeasure the path between two machines, honestly"]],
    ["tram timer ping --token-f", ["--token-file\tFile with the token"]],
    ["tram timer ping --token-file ro", ["room.token"]],
    ["tram timer ping --token-file=ro", ["--token-file=room.token"]],
    ["tram timer ping --json=f", ["--json=false\tPrint JSON, one object per line"]],
    ["tram timer ping --port ", []],
    ["tram nothing ", []],
  ] as const
) {
  Deno.test(`fish completes ${line}`, async () => {
    await withShell("fish", async (run, script) => {
      const { code, stdout, stderr } = await run([
        "--no-config",
        "-c",
        `source ${quote(script)}; complete -C ${quote(line)}`,
      ]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(stdout.split("\n").slice(0, -1), proposals);
    });
  });
}
