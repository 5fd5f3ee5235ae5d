/** The world as it is: what `cli.ts` hands to commands. */
import { systemClock } from "./clock/system_clock.ts";
import { ExitCode } from "./config/exit_code.ts";
import { folderOf } from "./config/folder_of.ts";
import { distrust } from "./config/distrust.ts";
import type { Files, NewFile, Output, TramContext } from "./context.ts";
import { canDraw, wantsColor } from "./terminal/wants_color.ts";
import { tcpNetwork } from "./transport/tcp_network.ts";

/** How long to wait for a pipe that is full, in milliseconds. */
const FULL_PIPE_MS = 5;

/**
 * Writes at least one byte, and waits for room as long as it takes: also on a pipe that another
 * program has set not to block.
 */
function writeSome(stream: typeof Deno.stdout, bytes: Uint8Array): number {
  for (;;) {
    try {
      return stream.writeSync(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS);
    }
  }
}

/** Standard output or error, and what to do when it cannot be written any more. */
function outputTo(
  stream: typeof Deno.stdout,
  env: TramContext["process"]["env"],
  onFailure: (error: unknown) => void,
): Output {
  const encoder = new TextEncoder();
  const isTerminal = stream.isTerminal();
  return {
    isTerminal: canDraw(env, isTerminal),
    hasColor: wantsColor(env, isTerminal),
    write(text) {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += writeSome(stream, bytes.subarray(at));
      } catch (error) {
        onFailure(error);
      }
    },
    get columns() {
      try {
        // A terminal without a size says 0.
        return isTerminal ? Deno.consoleSize().columns || undefined : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

const files: Files = {
  create,
  async readText(path) {
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw new Error(`Cannot read ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
  async readTrusted(path) {
    let file: Deno.FsFile;
    try {
      // Opening a named pipe would wait for its writer.
      if (!(await Deno.stat(path)).isFile) throw new Error(`Cannot use ${path}: it is no file`);
      file = await Deno.open(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    using _ = file;
    const why = distrust(await file.stat(), Deno.build.os === "windows" ? null : Deno.uid());
    if (why === undefined) return await new Response(file.readable).text();
    throw new Error(
      `Cannot use ${path}: ${why}; to use it all the same, name it: --config ${path}`,
    );
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
    await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
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

/** Writes a file from its start; what was there before goes when it begins. */
function create(path: string): NewFile {
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw new Error(`Cannot write ${path}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const { file, isNew } = attempt(() => openToWrite(path));
  let hasBegun = false;
  const info = file.statSync();
  const id = idOf(info);
  if (id !== undefined && (beingWritten.has(id) || isStandardOutput(id))) {
    file.close();
    throw new Error(
      `Cannot write ${path}: something else is written to it, too; name another file`,
    );
  }
  if (id !== undefined) beingWritten.add(id);
  return {
    begin() {
      hasBegun = true;
      if (info.isFile) attempt(() => file.truncateSync());
    },
    write: (bytes) =>
      attempt(() => {
        for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      }),
    close() {
      file.close();
      if (id !== undefined) beingWritten.delete(id);
      if (isNew && !hasBegun) Deno.removeSync(path);
    },
  };
}

/** Opens a file as it is, or makes it. */
function openToWrite(path: string): { readonly file: Deno.FsFile; readonly isNew: boolean } {
  try {
    return { file: Deno.openSync(path, { write: true, createNew: true }), isNew: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return { file: Deno.openSync(path, { write: true, create: true }), isNew: false };
  }
}

/** Files that `create` has open: two that write to one from its start would spoil each other's. */
const beingWritten = new Set<string>();

/** Tells a regular file from all others, whatever its names are, where the system can. */
function idOf({ isFile, dev, ino }: Deno.FileInfo): string | undefined {
  return isFile && ino !== null ? `${dev}:${ino}` : undefined;
}

/** Whether output or error go to this very file. */
function isStandardOutput(id: string): boolean {
  return ["/dev/stdout", "/dev/stderr"].some((path) => {
    try {
      return idOf(Deno.statSync(path)) === id;
    } catch {
      return false; // not a system that has it
    }
  });
}

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

/** Standard output and error, environment and exit code; what cannot be written aborts. */
function realProcess(controller: AbortController): TramContext["process"] {
  const env = Deno.env.toObject();
  // Nobody can be told that nobody can be told.
  const stderr = outputTo(Deno.stderr, env, () => {});
  let exitCode: TramContext["process"]["exitCode"];
  let isLost = false;
  const stdout = outputTo(Deno.stdout, env, (error) => {
    // A reader that went away (`| head`) ends what runs, in good order and without a word.
    if (error instanceof Deno.errors.BrokenPipe) {
      controller.abort(new DOMException("nobody reads the output", "AbortError"));
      return;
    }
    if (isLost) return;
    isLost = true;
    const why = error instanceof Error ? error.message : String(error);
    stderr.write(`tram: Cannot write to standard output: ${why}\n`);
    controller.abort(new DOMException("the output cannot be written", "AbortError"));
  });
  return {
    stdout,
    stderr,
    env,
    // However well the rest went, whoever asked did not get all of it.
    get exitCode() {
      return isLost ? ExitCode.Failed : exitCode;
    },
    set exitCode(code) {
      exitCode = code;
    },
  };
}

/** The world as it is. */
export function realContext(): TramContext {
  const controller = interruptible();
  return {
    process: realProcess(controller),
    clock: systemClock,
    newPacer: async () => (await import("./clock/precise_pacer.ts")).precisePacer(systemClock),
    network: tcpNetwork,
    files,
    logFiles: async () => (await import("./log/real_log_files.ts")).realLogFiles(),
    os: Deno.build.os,
    stateFiles: async () => {
      return (await import("./transport/session/real_state_files.ts")).realStateFiles;
    },
    openCollectStore: async (path, isReader) => {
      if (path === ":memory:") {
        return new (await import("./collect/store/memory_store.ts")).MemoryStore();
      }
      const { openSqliteStore } = await import("./collect/store/sqlite_store.ts");
      return await openSqliteStore(path, { isReader });
    },
    pid: Deno.pid,
    hostName: () => Deno.hostname(),
    signal: controller.signal,
  };
}
