/** What is handed to shells over there: tried with all that are here. Debian: busybox fish tcsh zsh. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { anyShellCommand, shellWord } from "../../lib/launch/ssh/shell_word.ts";

/** Runs a command line by a shell, and says what it prints. */
function outputOf(shell: readonly string[], commandLine: string): string {
  const [program = "", ...args] = shell;
  const { stdout, stderr } = new Deno.Command(program, {
    args: [...args, "-c", commandLine],
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).outputSync();
  const errors = new TextDecoder().decode(stderr);
  return new TextDecoder().decode(stdout) + errors;
}

function isThere([program = ""]: readonly string[]): boolean {
  return new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).outputSync().success;
}

const SHELLS: readonly (readonly string[])[] = [
  ...[["sh"], ["dash"], ["bash"], ["busybox", "sh"]],
  ...[["zsh", "-f"], ["fish", "--no-config"], ["tcsh", "-f"]],
];

/** Everything that some shell takes for its own, and the rest. */
const NASTY = [
  ..."'\"\\`$!%^&*(){}[]<>|;#~=?@:, \t\n\r",
  ...["\\\\", "\\'", "$(id)", "${HOME}", "!!", "%s", "\\0", "\\n", "--", "-n", "ü", "🚋", "\u0001"],
  ...["\u001b", "\u007f", "a", "x1"],
];

const text = fc.array(fc.constantFrom(...NASTY), { maxLength: 12 }).map((parts) => parts.join(""));

for (const shell of SHELLS) {
  Deno.test({
    name: `anyShellCommand() hands all texts through ${shell.join(" ")}`,
    ignore: !isThere(shell),
    fn() {
      fc.assert(
        fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (words) => {
          const script = `printf '<%s>' ${words.map(shellWord).join(" ")}`;
          const printed = outputOf(shell, anyShellCommand(script));
          assert.equal(printed, words.map((word) => `<${word}>`).join(""));
        }),
        { numRuns: 40 },
      );
    },
  });
}

Deno.test("anyShellCommand() leaves standard input to the script", async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", anyShellCommand('read -r line; echo "$line!"; cat')],
    ...{ stdin: "piped", stdout: "piped" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("one\ntwo\n"));
  await writer.close();
  assert.equal(new TextDecoder().decode((await child.output()).stdout), "one!\ntwo\n");
});

Deno.test("shellWord() and anyShellCommand() refuse a NUL", () => {
  assert.throws(() => shellWord("a\0b"), TypeError);
  assert.throws(() => anyShellCommand("a\0b"), TypeError);
});
