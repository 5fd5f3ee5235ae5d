import { tramCommand } from "../../tram_command.ts";
import type { Program, Spawner } from "./spawner.ts";

/** Starts programs on this machine. */
export const realSpawner: Spawner = {
  shell: (command) => start("sh", ["-c", command]),
  sandbox() {
    const { command, args } = tramCommand(["--unstable-worker-options"]);
    return start(command, [...args, "mapreduce", "sandbox"]);
  },
};

function start(command: string, args: readonly string[]): Program {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    clearEnv: true,
    env: environment(),
    // A group of its own, so that what a shell has started ends with it.
    detached: true,
  }).spawn();
  const input = child.stdin.getWriter();
  const ended = child.status.then(({ code, signal }) => ({ code, signal: signal ?? undefined }));
  let hasEnded = false;
  void ended.then(() => hasEnded = true);
  input.closed.catch(() => {}); // said by the write that failed
  return {
    write: (bytes) => input.write(bytes),
    endInput: () => input.close().catch(() => {}),
    output: child.stdout,
    errors: child.stderr,
    ended,
    kill() {
      kill(child, hasEnded);
      input.abort().catch(() => {}); // gives the pipe back
    },
  };
}

/** Ours without the token: what a job says or runs needs none. */
function environment(): Record<string, string> {
  const { TRAM_TOKEN: _, ...others } = Deno.env.toObject();
  return others;
}

function kill(child: Deno.ChildProcess, hasEnded: boolean): void {
  try {
    if (Deno.build.os !== "windows") return Deno.kill(-child.pid, "SIGKILL");
    if (!hasEnded) child.kill("SIGKILL");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return; // it has ended
    throw error;
  }
}
