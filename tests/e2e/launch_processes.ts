/** Looks for what a launch started in the process table. Linux only. */
import { TramProcess, wait, withFolder } from "./processes.ts";

/** How long something may take to be gone, in milliseconds: many times what it needs. */
const GONE_MS = 20_000;

/** Variable by which a test knows its own: all that a role starts inherits it. */
const MARK = "TEST_MARK";

/** A process of a launch. */
export interface Found {
  readonly pid: number;
  readonly command: string;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // it has ended
  }
}

/** Processes that have not ended and carry a mark. */
export function marked(mark: string): readonly Found[] {
  const found: Found[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if (!read(`/proc/${name}/environ`).split("\0").includes(`${MARK}=${mark}`)) continue;
    if (/\) [ZX] /.test(read(`/proc/${name}/stat`))) continue;
    found.push({
      pid: Number(name),
      command: read(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim(),
    });
  }
  return found;
}

/** Waits until a look finds what it should. @throws {Error} when it never does */
export async function eventually<T>(
  look: () => T,
  isRight: (seen: T) => boolean,
  what: string,
): Promise<T> {
  const endMs = performance.now() + GONE_MS;
  for (;;) {
    const seen = look();
    if (isRight(seen)) return seen;
    if (performance.now() > endMs) throw new Error(`${what}: ${JSON.stringify(seen)}`);
    await wait(20);
  }
}

/** A launch that a test started. */
export interface TestLaunch {
  readonly process: TramProcess;
  /** Folder of the launch. */
  readonly folder: string;
  /** What is there of its roles. */
  readonly roles: () => readonly Found[];
  /** Waits until nothing is left of roles, guard and run folder. */
  readonly gone: () => Promise<void>;
  /** Number of its guard. */
  readonly guardPid: () => number;
}

/**
 * Runs `tram launch up` with a file, and ends whatever is left afterwards.
 *
 * @param others files beside it, by path
 */
export async function withLaunch(
  file: string,
  body: (launch: TestLaunch) => Promise<void>,
  args: readonly string[] = [],
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [path, text] of Object.entries(others)) {
      await Deno.mkdir(`${folder}/${path.replace(/[^/]*$/, "")}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const mark = crypto.randomUUID();
    // Roles get the mark from the file, so that neither the launcher nor the guard has it.
    const text = file.replace(/^(\[roles\.[\w-]+\])$/gm, `$1\nenv = { ${MARK} = "${mark}" }`);
    await Deno.writeTextFile(`${folder}/launch.toml`, text);
    const runtime = `${folder}/runtime`;
    await Deno.mkdir(runtime);
    const roles = () => marked(mark);
    try {
      await using process = new TramProcess(
        ["launch", "up", `${folder}/launch.toml`, "--log-dir", `${folder}/logs`, ...args],
        { XDG_RUNTIME_DIR: runtime, TRAM_STATE_DIR: `${folder}/state` },
      );
      await body({
        ...{ process, folder, roles },
        guardPid: () => guardOf(runtime),
        async gone() {
          const isEmpty = (seen: readonly unknown[]) => seen.length === 0;
          await eventually(roles, isEmpty, "processes are left");
          await eventually(() => [...Deno.readDirSync(runtime)], isEmpty, "a folder is left");
        },
      });
    } finally {
      for (const { pid } of roles()) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch {
          // It ended a moment ago.
        }
      }
    }
  });
}

/** Its folder has its number. */
function guardOf(runtime: string): number {
  for (const { name } of Deno.readDirSync(runtime)) {
    const [, pid] = /^tram-run-.*-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined) return Number(pid);
  }
  throw new Error("there is no guard");
}
