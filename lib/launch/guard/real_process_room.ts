import { kill } from "node:process";
import { tramCommand } from "../../tram_command.ts";
import { findMarked, hasLiveMember } from "./linux_processes.ts";
import type { ProcessRoom, ProcessStart, RoomProcess } from "./process_room.ts";

/** The processes of this machine. */
export const realProcessRoom: ProcessRoom = {
  spawn,
  signalGroup(group, signal) {
    if (!(group > 1)) return; // to kill(2), these are not groups: its own, and everybody
    try {
      if (Deno.build.os === "windows") return Deno.kill(group, "SIGKILL"); // there are no groups
      Deno.kill(-group, signal);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return;
      if (error instanceof Deno.errors.PermissionDenied) return; // somebody else's by now
      throw error;
    }
  },
  hasGroup(group) {
    if (!isThere(Deno.build.os === "windows" ? group : -group)) return false;
    return Deno.build.os === "linux" ? hasLiveMember(group) : true;
  },
  find(id, onFound) {
    return Deno.build.os === "linux" ? findMarked(id, onFound) : { pids: [], groups: [] };
  },
};

function isThere(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    // EPERM: on macOS, what has ended and nobody has asked about.
    return !(error instanceof Error && "code" in error &&
      (error.code === "ESRCH" || error.code === "EPERM"));
  }
}

function spawn({ program, args, env, cwd, hasInput }: ProcessStart): RoomProcess {
  const tram = program === null ? tramCommand() : { command: program, args: [] };
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(tram.command, {
      args: [...tram.args, ...args],
      env: { ...env },
      ...cwd === undefined ? {} : { cwd },
      stdin: hasInput ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    throw new Error(`Cannot start ${tram.command}: ${whyNot(error, cwd)}`, { cause: error });
  }
  const input = hasInput ? child.stdin.getWriter() : undefined;
  input?.closed.catch(() => {}); // said by the write that failed
  return {
    pid: child.pid,
    write: async (bytes) => await input?.write(bytes),
    endInput: async () => await input?.close().catch(() => {}),
    output: child.stdout,
    errors: child.stderr,
    ended: child.status.then(({ code, signal }) => ({ code, signal })),
  };
}

function whyNot(error: unknown, cwd: string | undefined): string {
  if (cwd !== undefined && !isFolder(cwd)) return `there is no folder ${cwd} to start it in`;
  if (error instanceof Deno.errors.NotFound) return "there is no such program";
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be run";
  return error instanceof Error ? error.message : String(error);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
