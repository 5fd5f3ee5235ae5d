/** The script that puts an executable in its place, run here by the shells that are there. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { placeScript } from "../../lib/launch/ssh/place_script.ts";
import { withFolder } from "./processes.ts";

const SHELLS: readonly (readonly string[])[] = [["sh"], ["bash"], ["busybox", "sh"], [
  "zsh",
  "--emulate",
  "sh",
]];

const TOOL = '#!/bin/sh\n[ "$1" = launch ] && echo HASH || echo runs\nexit 0\n';
const encoder = new TextEncoder();

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

interface Run {
  readonly shell: readonly string[];
  readonly cache: string;
  /** What is to be in place. */
  readonly wanted: string;
  readonly input: string;
  /** @default {that of this process} */
  readonly path?: string;
}

async function run({ shell: [program = "", ...args], cache, wanted, input, path }: Run) {
  const script = placeScript({ sha256: sha256(wanted), sizeBytes: encoder.encode(wanted).length });
  const child = new Deno.Command(program, {
    args: [...args, "-c", script],
    env: { XDG_CACHE_HOME: cache, ...path === undefined ? {} : { PATH: path } },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {});
  await writer.write(encoder.encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).trimEnd().split("\n").map((line) => {
    return line.replace(/^hello \S+ \S+ (\w+) .*/, "hello $1");
  });
  return { code, lines, errors: decoder.decode(stderr) };
}

/** All files below a folder. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

function isThere([program = ""]: readonly string[]): boolean {
  return new Deno.Command("sh", {
    args: ["-c", `command -v ${program}`],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).outputSync().success;
}

for (const shell of SHELLS) {
  Deno.test({
    name: `placeScript() takes what is right, by ${shell.join(" ")}, and refuses all else`,
    ignore: !isThere(shell),
    fn: () =>
      withFolder(async (folder) => {
        const cache = `${folder}/a place with 'blanks'`;
        const wanted = TOOL;
        const other = TOOL.replace("runs", "ruin");
        const wrong = await run({ shell, cache, wanted, input: `take\n${other}end\n` });
        assert.deepEqual([wrong.code, wrong.lines], [
          1,
          ["hello need", `failed verify ${sha256(other)}`],
        ]);
        const cut = await run({ shell, cache, wanted, input: `take\n${wanted.slice(0, 9)}` });
        assert.deepEqual([cut.code, cut.lines], [1, ["hello need", "failed cut 9 bytes arrived"]]);
        assert.deepEqual(filesIn(cache), [], "nothing of it stays");
        const input = `check\ntake\n${wanted}try\ncheck\nend\n`;
        const right = await run({ shell, cache, wanted, input });
        assert.deepEqual(right, {
          ...{ code: 0, errors: "" },
          lines: ["hello need", "need", "stored", "works", "have"],
        });
        assert.equal(filesIn(cache).length, 1);
        const again = await run({ shell, cache, wanted, input: "run a 'b  c'\n" });
        assert.deepEqual(again.lines, ["hello have", "runs"]);
        const unknown = await run({ shell, cache, wanted, input: "what\n" });
        assert.deepEqual(unknown.lines, ["hello have", "failed ask what"]);
      }),
  });
}

Deno.test("placeScript() leaves language and rights of new files as they are to what it runs", () =>
  withFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const wanted = '#!/bin/sh\necho "${LC_ALL-none}" $(umask)\n';
    const input = `take\n${wanted}run\n`;
    for (const shell of SHELLS.filter(isThere)) {
      const [program = "", ...args] = shell;
      const behind = ["-c", 'unset LC_ALL; umask 027; exec "$0" "$@"', program, ...args];
      const { lines } = await run({ shell: ["sh", ...behind], cache, wanted, input });
      assert.equal(lines.at(-1), "none 0027", program);
    }
  }));

Deno.test("placeScript() has the file tell its own hash where no program does", () =>
  withFolder(async (folder) => {
    const path = `${folder}/bin`;
    await Deno.mkdir(path);
    const names = [
      "uname",
      "wc",
      "mkdir",
      "chmod",
      "head",
      "mv",
      "rm",
      "touch",
      "cut",
      "find",
      "ls",
    ];
    for (const name of names) {
      const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] })
        .output();
      await Deno.symlink(new TextDecoder().decode(stdout).trim(), `${path}/${name}`);
    }
    const cache = `${folder}/cache`;
    const shell = ["/bin/sh"];
    const lying = TOOL.replace("HASH", "0".repeat(64));
    const refused = await run({ shell, cache, wanted: lying, input: `take\n${lying}`, path });
    assert.deepEqual(refused.lines, ["hello need", `failed verify ${"0".repeat(64)}`]);
    // No text holds its own hash, so this one has it from a file beside.
    const honest = `#!/bin/sh\nread -r hash <'${folder}/hash'; echo $hash\n`;
    await Deno.writeTextFile(`${folder}/hash`, `${sha256(honest)}\n`);
    const taken = await run({ shell, cache, wanted: honest, input: `take\n${honest}`, path });
    assert.deepEqual(taken.lines, ["hello need", "stored"]);
  }));
