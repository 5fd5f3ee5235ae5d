/** The prompt on a real terminal: what it shows there, and what it leaves. */
import assert from "node:assert/strict";
import { fromSource } from "./root.ts";
import { Tmux } from "./tmux.ts";

/** Runs the prompt, then shows how it ended and copies what is typed. */
function promptIn(columns: number): Promise<Tmux> {
  const script = fromSource("tests/e2e/prompt_process.ts");
  const run = `"${Deno.execPath()}" run -A --no-check "${script}"`;
  return Tmux.start(`${run}; echo "code $?"; cat`, columns, 30);
}

/** `cat` gets a line that was edited and pasted, and shows it: the terminal is as it was. */
async function isRestored(tmux: Tmux): Promise<void> {
  await tmux.type("xyz");
  await tmux.press("Left", "C-u");
  await tmux.paste("one two");
  await tmux.press("Enter");
  const text = await tmux.matching(/\none two\n/);
  assert.match(text, /(?:^|\n).*one two\none two$/);
}

Deno.test("Prompt keeps what is typed while text arrives, and ends at ^D", async () => {
  await using tmux = await promptIn(40);
  await tmux.matching(/^#lobby · ada\n#lobby>$/);
  await tmux.type("write 200");
  await tmux.press("Enter");
  await tmux.matching(/written 5\n/);
  const typed = "quite a lot while text arrives 字字";
  for (const character of typed) await tmux.type(character);
  const text = await tmux.matching(/written 200\n#lobby · ada\n#lobby> …e text arrives 字字$/);
  const written = text.split("\n").filter((line) => line.startsWith("written"));
  assert.deepEqual(written, Array.from({ length: 200 }, (_, i) => `written ${i + 1}`));
  assert.equal(text.split("\n").length, 202);
  assert.equal(await tmux.cursorColumn(), "#lobby> …e text arrives ".length + 4);

  await tmux.press("Left", "Home");
  await tmux.matching(/#lobby> quite a lot while text arrives…$/);
  assert.equal(await tmux.cursorColumn(), "#lobby> ".length);
  await tmux.press("C-k", "C-d");
  await tmux.matching(/written 200\nended: end\ncode 0$/);
  await isRestored(tmux);
});

Deno.test("Prompt takes a paste of 5,000 characters, cut to its limit, and ^C", async () => {
  await using tmux = await promptIn(80);
  await tmux.matching(/^#lobby · ada\n#lobby>$/);
  await tmux.paste("x".repeat(5000));
  await tmux.matching(/^Cut what was pasted: [^\n]*\n#lobby · ada\n#lobby> …x+$/);
  await tmux.press("Enter");
  await tmux.matching(/\n4096: x{20}\n#lobby · ada\n#lobby>$/);
  await tmux.paste("one\ntwo\nthree");
  await tmux.matching(/\n3: one\n3: two\n#lobby · ada\n#lobby> three$/);
  await tmux.press("C-c");
  await tmux.matching(/\n3: two\n#lobby · ada\n#lobby>$/);
  await tmux.press("C-c");
  await tmux.matching(/\n3: two\nended: interrupted\ncode 0$/);
  await isRestored(tmux);
});

Deno.test("Prompt draws anew when the terminal is resized", async () => {
  await using tmux = await promptIn(60);
  await tmux.matching(/^#lobby · ada\n#lobby>$/);
  await tmux.type("0123456789012345678901234567890123456789");
  await tmux.matching(/\n#lobby> 0123456789012345678901234567890123456789$/);
  await tmux.resize(30, 30);
  await tmux.matching(/#lobby · ada\n#lobby> …\d+$/);
  await tmux.type("!");
  await tmux.matching(/#lobby · ada\n#lobby> …\d+!$/);
  await tmux.resize(80, 30);
  await tmux.matching(/#lobby · ada\n#lobby> 0123456789012345678901234567890123456789!$/);
  await tmux.press("Enter");
  await tmux.matching(/\n41: 01234567890123456789\n#lobby · ada\n#lobby>$/);
});

Deno.test("Prompt restores the terminal when the process ends without ending it", async () => {
  await using tmux = await promptIn(40);
  await tmux.matching(/^#lobby · ada\n#lobby>$/);
  await tmux.type("!exit");
  await tmux.press("Enter");
  await tmux.matching(/^code 7$/);
  await isRestored(tmux);
});
