/** Log files on a real disk, and that nothing is missing in them however the process ends. */
import assert from "node:assert/strict";
import { realLogFiles } from "../../lib/log/real_log_files.ts";
import { TramProcess } from "./processes.ts";
import { fromSource } from "./root.ts";

const COUNT = 50_000;

/** A folder that is removed when disposed. */
class Folder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "tram-log-" });

  /** Text of a file in it; empty when there is none. */
  text(name: string): string {
    try {
      return Deno.readTextFileSync(`${this.path}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  names(path: string = this.path): string[] {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  }

  /** Text of `a.log` and the files before it, the oldest first. */
  allText(): string {
    return ["a.log.4", "a.log.3", "a.log.2", "a.log.1", "a.log"].map((name) => this.text(name))
      .join("");
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function start(folder: Folder, count: number, ending: string): TramProcess {
  const script = fromSource("tests/e2e/log_files_process.ts");
  return new TramProcess(
    ["run", "-A", script, folder.path, `${count}`, ending],
    {},
    Deno.execPath(),
  );
}

/** Checks that the lines are those of records 0, 1, 2 and so on; says how many. */
function countInOrder(text: string): number {
  assert(text === "" || text.endsWith("\n"), "the last line is not whole");
  const lines = text.split("\n").slice(0, -1).filter((line) => !line.endsWith("on purpose"));
  lines.forEach((line, at) => {
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info timer: \d+ x{60}$/);
    assert.equal(/timer: (\d+)/.exec(line)?.[1], `${at}`);
  });
  return lines.length;
}

const ENDINGS = {
  "dispose": 0,
  "return": 0,
  "exit": 7,
  "throw": 1,
  "reject": 1,
  "top-level": 1,
  "kill-after-warning": 137,
} as const;

for (const [ending, code] of Object.entries(ENDINGS)) {
  Deno.test(`a log file has all of ${COUNT} records when the process ends by ${ending}`, async () => {
    using folder = new Folder();
    await using process = start(folder, COUNT, ending);
    const ended = await process.ended;
    assert.equal(ended.code, code, ended.stderr);
    assert.equal(countInOrder(folder.allText()), COUNT);
    assert.deepEqual(folder.names(), ["a.log", "a.log.1", "a.log.2"]);
    for (const name of folder.names()) assert(folder.text(name).length <= 2_000_000);
  });
}

Deno.test(`a log file has all of ${COUNT} records after the second SIGINT`, async () => {
  using folder = new Folder();
  await using process = start(folder, COUNT, "interrupt");
  await process.matching(/ready/);
  process.kill("SIGINT");
  await process.matching(/interrupted/);
  process.kill("SIGINT");
  assert.equal((await process.ended).code, 130);
  assert.equal(countInOrder(folder.allText()), COUNT);
});

Deno.test("a log file has whole lines from the first on after SIGKILL", async () => {
  using folder = new Folder();
  await using process = start(folder, COUNT, "kill");
  assert.equal((await process.ended).code, 137);
  const count = countInOrder(folder.allText());
  assert(count > COUNT - 1000 && count < COUNT, `${count}`);
});

Deno.test("a log file has all that is older than a second after SIGKILL", async () => {
  using folder = new Folder();
  await using process = start(folder, 10, "kill-later");
  assert.equal((await process.ended).code, 137);
  assert.equal(countInOrder(folder.allText()), 10);
});

Deno.test("a log file that cannot grow ends in a whole line, and what is lost is said", async () => {
  using folder = new Folder();
  const script = fromSource("tests/e2e/log_files_process.ts");
  const limited = `trap '' XFSZ; ulimit -f 300; exec "$@"`; // a full disk too begins with a partial write
  const args = ["-c", limited, "bash", Deno.execPath(), "run", "-A", script];
  await using process = new TramProcess([...args, folder.path, "20000", "dispose"], {}, "bash");
  const { code, stderr } = await process.ended;
  assert.equal(code, 0, stderr);
  const [, lost] = /warning: ([\d,]+) log records were lost: cannot write /.exec(stderr) ?? [];
  assert.equal(countInOrder(folder.allText()) + Number(lost?.replaceAll(",", "")), 20_000, stderr);
  assert.equal(stderr.match(/Cannot write log file/g)?.length, 1, stderr);
});

const LIMITS = { maxFileBytes: 100, maxFiles: 3 } as const;

Deno.test("realLogFiles().open() makes folders, goes on with a file, and keeps so many", async () => {
  using folder = new Folder();
  const { open } = await realLogFiles();
  const path = `${folder.path}/logs/today/a.log`;
  for (let at = 1; at <= 9; at++) {
    using file = open(path, LIMITS);
    file.write(`${at}${"x".repeat(48)}\n`);
  }
  const firsts = folder.names(`${folder.path}/logs/today`).map((name) => {
    return [
      name,
      Deno.readTextFileSync(`${folder.path}/logs/today/${name}`).match(/\d/g)?.join(""),
    ];
  });
  assert.deepEqual(firsts, [["a.log", "9"], ["a.log.1", "78"], ["a.log.2", "56"]]);
});

Deno.test("realLogFiles().open() goes on in a new file when somebody takes the old one away", async () => {
  using folder = new Folder();
  const { open } = await realLogFiles();
  using file = open(`${folder.path}/logs/a.log`, LIMITS);
  file.write("one\n");
  Deno.renameSync(`${folder.path}/logs`, `${folder.path}/away`);
  file.write("two\n");
  assert.equal(folder.text("away/a.log"), "one\n");
  assert.equal(folder.text("logs/a.log"), "two\n");
});

Deno.test("realLogFiles().open() goes on after a failure, and what failed is not in the file", async () => {
  using folder = new Folder();
  const { open } = await realLogFiles();
  using file = open(`${folder.path}/logs/a.log`, LIMITS);
  file.write("one\n");
  Deno.renameSync(`${folder.path}/logs`, `${folder.path}/away`);
  Deno.writeTextFileSync(`${folder.path}/logs`, "in the way");
  assert.throws(() => file.write("two\n"));
  Deno.removeSync(`${folder.path}/logs`);
  file.write("three\n");
  assert.equal(folder.text("logs/a.log"), "three\n");
});

Deno.test("realLogFiles().open() loses nothing when the file cannot be rotated", async () => {
  using folder = new Folder();
  const { open } = await realLogFiles();
  const path = `${folder.path}/a.log`;
  using file = open(path, LIMITS);
  file.write(`${"x".repeat(89)}\n`);
  Deno.mkdirSync(`${path}.1/in the way`, { recursive: true });
  Deno.mkdirSync(`${path}.2/in the way`, { recursive: true });
  assert.throws(() => file.write(`${"y".repeat(89)}\n`));
  assert.equal(folder.text("a.log"), `${"x".repeat(89)}\n`);
  Deno.removeSync(`${path}.1`, { recursive: true });
  file.write(`${"z".repeat(89)}\n`);
  assert.equal(folder.text("a.log"), `${"z".repeat(89)}\n`);
  assert.equal(folder.text("a.log.1"), `${"x".repeat(89)}\n`);
});

Deno.test("realLogFiles().open() refuses a device, which rotation would rename", async () => {
  const { open } = await realLogFiles();
  assert.throws(() => open("/dev/null", LIMITS), { message: "it is not a regular file" });
});
