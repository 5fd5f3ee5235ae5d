import { tramCommand } from "../tram_command.ts";
import type { GuardPipe, HostLink } from "./host_link.ts";
import { HERE } from "./hosts/machine.ts";

/** A guard on this machine: the same tram, out of reach of the terminal's ^C. */
export const hereLink: HostLink = {
  name: HERE,
  start: () => Promise.resolve().then(startHere),
  close: () => Promise.resolve(),
};

function startHere(): GuardPipe {
  const { command, args } = tramCommand();
  const child = new Deno.Command(command, {
    args: [...args, "launch", "guard"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const input = child.stdin.getWriter();
  input.closed.catch(() => {}); // said by the write that failed
  let hasEnded = false;
  const ended = child.status.then(({ code }) => {
    hasEnded = true;
    return { code };
  });
  return {
    input: {
      write: (bytes) => input.write(bytes),
      end: () => input.close().catch(() => {}),
    },
    output: child.stdout,
    errors: child.stderr,
    ended,
    kill() {
      if (hasEnded) return;
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // it ended a moment ago
      }
    },
  };
}
