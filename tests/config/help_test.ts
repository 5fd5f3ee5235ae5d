/** Help texts, compared with `tests/help`; UPDATE_SNAPSHOTS=1 writes them anew. */
import assert from "node:assert/strict";
import { catalog } from "../../lib/app.ts";
import { FakeRoom } from "../fake_context.ts";

const FOLDER = new URL("../help/", import.meta.url);
const MOST_COLUMNS = 100;

async function run(...args: string[]) {
  const { stdout, stderr, exitCode } = new FakeRoom().run(args);
  return { code: await exitCode, stdout: stdout.text, stderr: stderr.text };
}

const shown = catalog.filter(({ hidden }) => !hidden).map(({ path }) => path);
const groups = [...new Set(shown.filter(({ length }) => length > 1).map(([name = ""]) => name))];
const topics: readonly (readonly string[])[] = [[], ...groups.map((name) => [name]), ...shown];

for (const topic of topics) {
  const name = ["tram", ...topic].join(" ");
  Deno.test(`${name} --help is as its snapshot, with examples, in narrow lines`, async () => {
    const { code, stdout, stderr } = await run(...topic, "--help");
    assert.deepEqual([code, stderr], [0, ""]);
    const file = new URL(`${name.replaceAll(" ", "_")}.txt`, FOLDER);
    if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") await Deno.writeTextFile(file, stdout);
    assert.equal(stdout, await Deno.readTextFile(file));
    assert.match(stdout, /^USAGE\n {2}tram/);
    assert.match(stdout, /\nEXAMPLES\n {2}\S/);
    for (const line of stdout.split("\n")) assert([...line].length <= MOST_COLUMNS, line);
  });

  Deno.test(`tram help ${topic.join(" ")} is the same as --help`, async () => {
    const [help, flag] = [await run("help", ...topic), await run(...topic, "--help")];
    assert.deepEqual(help, flag);
  });
}

for (const columns of [40, 60, 80, 200]) {
  Deno.test(`tram timer ping --help fits into ${columns} columns, but for what is typed`, async () => {
    const { stdout, exitCode } = new FakeRoom().run(["timer", "ping", "--help"], {}, columns);
    assert.equal(await exitCode, 0);
    const lines = stdout.text.split("\n").filter((line) => !line.startsWith("  tram "));
    for (const line of lines) assert(line.length <= Math.min(80, columns), line);
    const whole = await Deno.readTextFile(new URL("tram_timer_ping.txt", FOLDER));
    const words = (text: string) => text.split(/\s+/).join(" ");
    assert.equal(words(stdout.text), words(whole));
    if (columns >= 80) assert.equal(stdout.text, whole);
  });
}

Deno.test("tests/help has no file of a command that is gone", () => {
  const names = new Set(topics.map((topic) => `${["tram", ...topic].join("_")}.txt`));
  for (const { name } of Deno.readDirSync(FOLDER)) assert(names.has(name), name);
});

for (
  const [args, says] of [
    ["help tiemr", 'tram: There is no command "tram tiemr"; did you mean "timer"?\n'],
    ["help timer pong", 'tram: There is no command "tram timer pong"; did you mean "ping"?\n'],
    ["help timer ping more", 'tram: There is no command "tram timer ping more"\n'],
    ["help __complete", 'tram: There is no command "tram __complete"\n'],
    ["help constructor", 'tram: There is no command "tram constructor"\n'],
  ] as const
) {
  Deno.test(`tram ${args} ends with 2 and one line`, async () => {
    assert.deepEqual(await run(...args.split(" ")), { code: 2, stdout: "", stderr: says });
  });
}

Deno.test("tram shows no hidden command", async () => {
  assert(!(await run("--help")).stdout.includes("__complete"));
});
