/** Configuration files as real files, with owners and modes. */
import assert from "node:assert/strict";
import { tramCommand } from "./processes.ts";
import { fromSource } from "./root.ts";

/** Runs `tram timer ping --show-config` where `tram.toml` lies. */
async function showHere(
  prepare: (path: string) => Promise<void>,
  flags: readonly string[] = [],
) {
  const folder = await Deno.makeTempDir({ prefix: "tram-config-" });
  try {
    const path = `${folder}/tram.toml`;
    await Deno.writeTextFile(path, "[timer]\nport = 4711\n", { mode: 0o644 });
    await prepare(path);
    const { command, prefix } = tramCommand();
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...prefix, "timer", "ping", "--show-config", ...flags],
      cwd: folder,
      env: { TRAM_CONFIG_DIR: `${folder}/config`, NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("tram takes its options from the user's own tram.toml", async () => {
  const { code, stdout, stderr } = await showHere((path) => Deno.chmod(path, 0o664));
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^port +4711 +\.\/tram\.toml \[timer\] port$/m);
});

Deno.test("tram refuses a tram.toml here that all may write, and takes it when it is named", async () => {
  const open = (path: string) => Deno.chmod(path, 0o666);
  const { code, stderr } = await showHere(open);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "tram: Cannot use ./tram.toml: others may write to it (mode 666); to use it all the same, " +
      "name it: --config ./tram.toml\n",
  );
  const named = await showHere(open, ["--config", "./tram.toml"]);
  assert.equal(named.code, 0, named.stderr);
  assert.match(named.stdout, /4711/);
});

Deno.test("tram does not wait for a tram.toml that is a named pipe", async () => {
  const { code, stderr } = await showHere(async (path) => {
    await Deno.remove(path);
    await new Deno.Command("mkfifo", { args: [path] }).output();
  });
  assert.equal(code, 1);
  assert.equal(stderr, "tram: Cannot use ./tram.toml: it is no file\n");
});

/** A module as `deno info --json` tells of it. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier: string };
    readonly npmPackage?: string;
    readonly specifier: string;
  }[];
}

Deno.test("tram --help loads no parser of files and no body of a command", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fromSource("cli.ts")],
  }).output();
  const { modules, roots } = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map<string, ModuleInfo>(
    modules.map((module: ModuleInfo) => [module.specifier, module]),
  );
  const loaded = new Set<string>(roots);
  for (const name of loaded) { // a set grows while it is walked
    for (const { isDynamic, code, specifier } of byName.get(name)?.dependencies ?? []) {
      if (!isDynamic) loaded.add(code?.specifier ?? specifier);
    }
  }
  const names = [...loaded];
  assert(names.some((name) => name.endsWith("lib/timer/declaration.ts")));
  const late = /smol-toml|npm:.*\bini\b|timer\/(ping|serve)\.ts|create_token|print_script|hdr-hist/;
  assert.deepEqual(names.filter((name) => late.test(name)), []);
});
