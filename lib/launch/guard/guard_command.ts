import { ExitCode } from "../../config/exit_code.ts";
import type { RunContext } from "../../context.ts";
import { VERSION } from "../../version.ts";
import { Guard } from "./guard.ts";

/** `tram launch guard`: starts processes for a launcher, and ends them whatever happens to it. */
export async function guardCommand(context: RunContext): Promise<ExitCode> {
  const { clock, log, pid, os, process: { env } } = context;
  const [host, pipe] = await Promise.all([context.launchHost(), context.bytePipe()]);
  const guard = new Guard({
    ...{ clock, log, pid, env },
    room: host.room,
    input: pipe.read(new AbortController().signal), // until the launcher ends, whatever is signalled
    write: (bytes) => pipe.write(bytes),
    makeFolder: (id, files) => host.makeRunFolder(id, files, env),
    machine: {
      ...{ host: context.hostName(), cores: host.cores, os, arch: host.arch },
      version: VERSION,
    },
  });
  let signals = 0;
  using _ = context.onInterrupt(() => guard.end("a signal came", signals++ === 0 ? undefined : 0));
  if (context.signal.aborted) guard.end("a signal came");
  const left = await guard.run();
  return left.length === 0 ? ExitCode.Done : ExitCode.Failed;
}
