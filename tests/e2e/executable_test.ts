/**
 * One file that runs wherever it is put: what an executable needs of its surroundings, and what it
 * leaves there. From source the same holds, given that Deno finds what it downloaded.
 */
import assert from "node:assert/strict";
import { VERSION } from "../../lib/version.ts";
import { PROTOCOL_VERSION } from "../../lib/transport/frame.ts";
import { tramCommand } from "./processes.ts";

/** How long a run may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 60_000;

/** Where and as what tram is started. */
interface Surroundings {
  readonly cwd?: string;
  /** All of the environment, apart from what Deno itself needs when tram runs from source. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another file that is the same program. */
  readonly program?: string;
}

/** Settings of Deno and where it keeps what it downloaded; an executable asks for none of it. */
function settingsOfDeno(): Record<string, string> {
  const settings = Object.entries(Deno.env.toObject())
    .filter(([name]) => /^(DENO|NPM_CONFIG)_/i.test(name));
  const { denoDir } = JSON.parse(run(Deno.execPath(), ["info", "--json"], {}).stdout);
  return { ...Object.fromEntries(settings), DENO_DIR: denoDir };
}

const isExecutable = tramCommand().prefix.length === 0;
const denoEnv = isExecutable ? {} : settingsOfDeno();

function run(command: string, args: readonly string[], options: Deno.CommandOptions) {
  const { code, stdout, stderr } = new Deno.Command(command, {
    ...options,
    args: [...args],
    stdin: "null",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).outputSync();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function tram(args: readonly string[], { cwd, env = {}, program }: Surroundings = {}) {
  const { command, prefix } = tramCommand();
  const options = { cwd, clearEnv: true, env: { ...denoEnv, ...env } };
  return run(program ?? command, [...prefix, ...args], options);
}

/** Runs a command that loads what it needs on demand and uses the network: nobody listens there. */
function assertWorks(surroundings: Surroundings): void {
  const { code, stdout, stderr } = tram(["timer", "ping", "--port", "1"], surroundings);
  assert.deepEqual([code, stdout], [69, ""], stderr);
  assert.match(stderr, /^tram: [^\n]*127\.0\.0\.1:1: connection refused[^\n]*\n$/);
}

function withFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "tram-test-" });
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("tram --version names the versions of tram, of the protocol and of Deno", () => {
  const { code, stdout, stderr } = tram(["--version"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const [, version, protocol, deno] =
    /^tram (\S+) \(protocol tram\/(\d+), Deno (\d+\.\d+\.\d+)\)\n$/.exec(stdout) ?? [];
  assert.deepEqual([version, protocol], [VERSION, String(PROTOCOL_VERSION)]);
  if (!isExecutable) assert.equal(deno, Deno.version.deno);
});

Deno.test("tram works in an empty environment, without HOME and PATH", () => assertWorks({}));

Deno.test("tram works in any current folder and leaves nothing there, at home or in TMPDIR", () => {
  withFolder((folder) => {
    const env = { HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: folder };
    for (let i = 0; i < 2; i++) assertWorks({ cwd: folder, env });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

for (const folder of ["/nonexistent", "/dev/null", "/proc"]) {
  Deno.test(`tram works where nothing can be written to TMPDIR: ${folder}`, () => {
    assertWorks({ env: { TMPDIR: folder, HOME: "/nonexistent" } });
  });
}

Deno.test("tram works through a symbolic link", () => {
  withFolder((folder) => {
    const program = `${folder}/link`;
    Deno.symlinkSync(tramCommand().command, program);
    assertWorks({ program });
  });
});

Deno.test("tram works as a copy with another name that only its owner may touch", () => {
  withFolder((folder) => {
    const program = `${folder}/other name`;
    Deno.copyFileSync(tramCommand().command, program);
    Deno.chmodSync(program, 0o700);
    assertWorks({ program });
  });
});

Deno.test("tram gets its arguments as they are, those that Deno knows too", () => {
  withFolder((folder) => {
    const env = { TRAM_CONFIG_DIR: folder };
    for (const name of ["--help", "-A", "--"]) {
      assert.equal(tram(["token", "new", "--", name], { env }).code, 0);
    }
    const names = tram(["token", "show"], { env }).stdout.replaceAll(/ [0-9a-f]{64}$/gm, "");
    assert.equal(names, "--help\n-A\n--\n");
  });
  for (const argument of ["--v8-flags=--help", "--allow-net", "eval", "", "a b\"'$(id)"]) {
    const { code, stdout, stderr } = tram([argument]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^tram: [^\n]+\n$/);
    assert(stderr.includes(argument), stderr);
  }
});
