import { createHash } from "node:crypto";
import { UsageError } from "../../config/usage_error.ts";
import { kill } from "node:process";
import { RUN_VARIABLES } from "./run_variables.ts";
import type { ExecutableFile, RunningProgram, SshWorld } from "./programs.ts";

/** Bytes that are read and written at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** How much of an executable tells what it is for. */
const HEAD_BYTES = 64;

/** This machine. */
export const realSshWorld: SshWorld = {
  start,
  openExecutable,
  // Said by the runtime of executables; older ones do not say it, and where their files seem to be does.
  ownExecutable: Deno.build.standalone ?? import.meta.url.includes("/deno-compile-")
    ? Deno.execPath()
    : undefined,
  random: Math.random,
};

function start(program: string, args: readonly string[]): RunningProgram {
  const env = Deno.env.toObject();
  for (const name of RUN_VARIABLES) delete env[name];
  const child = new Deno.Command(program, {
    args: [...args],
    ...{ env, clearEnv: true },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    // A session of its own: ^C is for the launcher, who knows in which order things end.
    detached: true,
  }).spawn();
  const input = child.stdin.getWriter();
  input.closed.catch(() => {}); // said by the write that failed
  /** Nothing of it is there any more; somebody else may have its number by now. */
  let isGone = false;
  const ended = child.status.then(({ code }) => {
    isGone = !hasGroup(child.pid);
    return code;
  });
  return {
    write: (bytes) => input.write(bytes),
    endInput: () => input.close().catch(() => {}),
    output: child.stdout,
    errors: child.stderr,
    ended,
    kill() {
      input.abort().catch(() => {}); // gives the pipe back
      if (isGone) return;
      try {
        if (Deno.build.os !== "windows") return Deno.kill(-child.pid, "SIGKILL");
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
      }
    },
  };
}

/** Whether a group is there, also without its leader. Asked right when that has ended. */
function hasGroup(group: number): boolean {
  if (Deno.build.os === "windows") return false; // there are none
  try {
    return kill(-group, 0);
  } catch {
    return false;
  }
}

async function openExecutable(path: string): Promise<ExecutableFile> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let head = new Uint8Array();
  try {
    if (!(await Deno.stat(path)).isFile) throw new UsageError("it is no file");
    for await (const chunk of read(path)) {
      if (sizeBytes === 0) head = chunk.slice(0, HEAD_BYTES);
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const why = isMissing ? "there is no such file" : error;
    const Kind = isMissing || error instanceof UsageError ? UsageError : Error;
    throw new Kind(
      `Cannot read the executable ${path}: ${why instanceof Error ? why.message : why}`,
    );
  }
  return { path, sizeBytes, sha256: hash.digest("hex"), head, read: () => read(path) };
}

async function* read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let count; (count = await file.read(buffer)) !== null;) yield buffer.subarray(0, count);
}
