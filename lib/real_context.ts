/** The world as it is: what `cli.ts` hands to commands. */
import { systemClock } from "./clock/system_clock.ts";
import type { Files, Output, TramContext } from "./context.ts";
import { tcpNetwork } from "./transport/tcp_network.ts";

/** Standard output or error. A reader that went away (`| head`) ends the process quietly. */
function outputTo(stream: typeof Deno.stdout): Output {
  const encoder = new TextEncoder();
  const isTerminal = stream.isTerminal();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
        throw error;
      }
    },
    get columns() {
      try {
        return isTerminal ? Deno.consoleSize().columns : undefined;
      } catch {
        return undefined;
      }
    },
    hasColor: isTerminal && !Deno.noColor,
  };
}

const files: Files = {
  async readText(path) {
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw new Error(`Cannot read ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
  async readSecret(path) {
    const text = await files.readText(path);
    const mode = text === undefined || Deno.build.os === "windows"
      ? 0
      : (await Deno.stat(path)).mode ?? 0;
    if ((mode & 0o077) === 0) return text;
    const octal = (mode & 0o777).toString(8);
    throw new Error(
      `Cannot use ${path}: others may read it (mode ${octal}); run "chmod 600" on it`,
    );
  },
  async writeSecret(path, text) {
    const folder = path.replace(/[/\\][^/\\]*$/, "");
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${crypto.randomUUID()}`;
    await Deno.writeTextFile(temporary, text, { mode: 0o600, createNew: true });
    await Deno.rename(temporary, path);
  },
};

/** A signal that aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  return controller.signal;
}

/** The world as it is. */
export function realContext(): TramContext {
  return {
    process: {
      stdout: outputTo(Deno.stdout),
      stderr: outputTo(Deno.stderr),
      env: Deno.env.toObject(),
    },
    clock: systemClock,
    network: tcpNetwork,
    files,
    os: Deno.build.os,
    hostName: () => Deno.hostname(),
    signal: interruptSignal(),
  };
}
