/** This machine, for `mapreduce`. */
import { realProcesses } from "./engine/real_processes.ts";
import { openWorkFolder } from "./engine/work_folder.ts";
import { tmpdir } from "node:os";
import { realFolder } from "./engine/real_folder.ts";
import { realTaskFiles } from "./engine/task_files.ts";
import { ThreadPool } from "./engine/thread_pool.ts";
import type { MapreduceHost, OutputFolder, TempFolder, WorkerStart } from "./host.ts";
import { LastLines } from "./jobs/last_lines.ts";
import { tramCommand } from "../tram_command.ts";

/** This machine. */
export const realHost: MapreduceHost = {
  cores: Math.max(1, navigator.hardwareConcurrency),
  taskFiles: realTaskFiles,
  openOutput,
  makeTemp,
  openPool: (parts) => ThreadPool.open(parts),
  startWorker,
};

async function openOutput(path: string): Promise<OutputFolder> {
  const folder = realFolder(path);
  try {
    await Deno.mkdir(path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      return { folder, wasThere: true, discard: () => Promise.resolve() };
    }
    throw new Error(`Cannot make the output folder ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const discard = () => Deno.remove(path, { recursive: true }).catch(() => {});
  return { folder, wasThere: false, discard };
}

async function makeTemp(within = tmpdir()): Promise<TempFolder> {
  try {
    const work = await openWorkFolder(within, realProcesses);
    return {
      folder: realFolder(work.path),
      [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
    };
  } catch (error) {
    const what = `Cannot make a temporary folder in ${within}: ${reasonOf(error)}`;
    throw new Error(`${what}; name another one by --temp or TMPDIR`, { cause: error });
  }
}

/** Whether a worker encrypts stands in its arguments alone; an empty variable counts as none. */
const NO_TLS_VARIABLES = Object.fromEntries(
  ["TLS_CERT", "TLS_KEY", "TLS_CA"].flatMap((name) => [
    [`TRAM_${name}`, ""],
    [`TRAM_MAPREDUCE_${name}`, ""],
  ]),
);

/** What Deno says, without the number of the system, and the path: `No such file or directory`. */
function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return why.replace(/ \(os error \d+\).*$/s, "");
}

function startWorker({ args, line, onLine }: WorkerStart) {
  const tram = tramCommand();
  const child = new Deno.Command(tram.command, {
    args: [...tram.args, ...args],
    env: NO_TLS_VARIABLES,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  input.closed.catch(() => {}); // it has ended
  input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  const errors = new LastLines((text) => {
    onLine(text);
    return true;
  });
  const read = errors.readAll(child.stderr);
  let hasEnded = false;
  const ended = child.status.then(async ({ code, signal }) => {
    hasEnded = true;
    input.close().catch(() => {});
    await read;
    return { code, signal: signal ?? undefined };
  });
  return {
    pid: child.pid,
    ended,
    stop: () => void input.close().catch(() => {}),
    kill() {
      try {
        if (!hasEnded) child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it ended a moment ago
      }
    },
  };
}
