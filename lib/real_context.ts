/** The world as it is: what `cli.ts` hands to commands. */
import { systemClock } from "./clock/system_clock.ts";
import type { Files, Output, TramContext } from "./context.ts";
import { tcpNetwork } from "./transport/tcp_network.ts";

/** Standard output or error, and what to do when it cannot be written any more. */
function outputTo(stream: typeof Deno.stdout, onFailure: (error: unknown) => void): Output {
  const encoder = new TextEncoder();
  const isTerminal = stream.isTerminal();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
      } catch (error) {
        onFailure(error);
      }
    },
    get columns() {
      try {
        return isTerminal ? Deno.consoleSize().columns : undefined;
      } catch {
        return undefined;
      }
    },
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
  async appendSecret(path, added) {
    const folder = path.replace(/[/\\][^/\\]*$/, "");
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const options = { read: true, write: true, create: true, mode: 0o600 };
    using file = await Deno.open(path, options);
    await file.lock(true);
    const text = await files.readSecret(path) ?? "";
    const bytes = new TextEncoder().encode(added(text));
    const { size } = await file.stat();
    try {
      await file.seek(0, Deno.SeekMode.End);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } catch (error) {
      await file.truncate(size); // a full disk must not leave half a token
      throw new Error(`Cannot write ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
};

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
function interruptible(): AbortController {
  const controller = new AbortController();
  let interrupts = 0;
  const onSignal = () => {
    if (++interrupts > 1) Deno.exit(130);
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  return controller;
}

/** The world as it is. */
export function realContext(): TramContext {
  const controller = interruptible();
  return {
    process: {
      // A reader that went away (`| head`) ends what runs, in good order and without a word.
      stdout: outputTo(Deno.stdout, (error) => {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        controller.abort(new DOMException("nobody reads the output", "AbortError"));
      }),
      // Nobody can be told that nobody can be told.
      stderr: outputTo(Deno.stderr, () => {}),
      env: Deno.env.toObject(),
    },
    clock: systemClock,
    network: tcpNetwork,
    files,
    os: Deno.build.os,
    hostName: () => Deno.hostname(),
    signal: controller.signal,
  };
}
