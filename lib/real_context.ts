/** The world as it is: what `cli.ts` hands to commands. */
import { systemClock } from "./clock/system_clock.ts";
import { ExitCode } from "./config/exit_code.ts";
import { folderOf } from "./transport/session/folder_of.ts";
import { distrust } from "./config/distrust.ts";
import type { Files, NewFile, TramContext } from "./context.ts";
import { isLikeFile, readBounded } from "./read_bounded.ts";
import { realInput } from "./real_input.ts";
import { realOutputs } from "./real_output.ts";
import { tcpNetwork } from "./transport/tcp_network.ts";

/** Most bytes of options or tokens. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** @param signal ends waiting for what another process writes */
const realFiles = (signal: AbortSignal): Files => ({
  create,
  async readText(path, maxBytes = MAX_TEXT_BYTES) {
    try {
      return await readBounded(path, { maxBytes, signal });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      if (signal.aborted && error === signal.reason) throw error;
      throw new Error(`Cannot read ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
  async readTrusted(path) {
    try {
      if (!(await Deno.stat(path)).isFile) throw new Error("it is no file");
      return await readBounded(path, {
        ...{ maxBytes: MAX_TEXT_BYTES, signal },
        check(info) {
          const why = distrust(info, Deno.build.os === "windows" ? null : Deno.uid());
          if (why === undefined) return;
          throw new Error(`${why}; to use it all the same, name it: --config ${path}`);
        },
      });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      if (signal.aborted && error === signal.reason) throw error;
      throw new Error(`Cannot use ${path}: ${error instanceof Error ? error.message : error}`);
    }
  },
  async readSecret(path) {
    const text = await this.readText(path);
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
    const text = await this.readSecret(path) ?? "";
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
  writeNew,
});

/** Makes a file; one that is replaced stays whole until the new one is. */
async function writeNew(
  path: string,
  text: string,
  { isSecret, replaces }: { readonly isSecret: boolean; readonly replaces: boolean },
): Promise<boolean> {
  const made = replaces ? `${path}.${crypto.randomUUID().slice(0, 8)}` : path;
  let isMade = false;
  try {
    await Deno.mkdir(folderOf(path), { recursive: true, mode: 0o700 });
    const mode = isSecret ? 0o600 : 0o644;
    using file = await Deno.open(made, { write: true, createNew: true, mode });
    isMade = true;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
    if (replaces) await Deno.rename(made, path);
    return true;
  } catch (error) {
    if (!isMade && !replaces && error instanceof Deno.errors.AlreadyExists) return false;
    if (isMade) await Deno.remove(made).catch(() => {}); // it may have its new name already
    throw new Error(`Cannot write ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

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

/** Opens a file as it is, or makes it. @throws {Error} when it is a pipe that waits for a reader */
function openToWrite(path: string): { readonly file: Deno.FsFile; readonly isNew: boolean } {
  try {
    return { file: Deno.openSync(path, { write: true, createNew: true }), isNew: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const info = Deno.statSync(path);
    if (info.isFifo && !isLikeFile(info, path)) throw new Error("it is a named pipe");
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

/** What is told of interrupts instead of ending this process at the second. */
const interruptListeners = new Set<() => void>();

/**
 * Whether this process was started so that the end of its terminal is nothing to it, as `nohup` does.
 * Only Linux tells, and only before the first listener: the runtime then takes SIGHUP for itself.
 */
function ignoresHangup(): boolean {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? [];
    return (BigInt(`0x${mask}`) & 1n) === 1n; // the lowest bit is that of signal 1
  } catch {
    return false;
  }
}

/** See `ignoresHangup`. */
let isHangupIgnored = false;

function onInterrupt(told: () => void): Disposable {
  const hangup = () => told();
  interruptListeners.add(told);
  const listens = Deno.build.os !== "windows" && !isHangupIgnored;
  if (listens) Deno.addSignalListener("SIGHUP", hangup);
  return {
    [Symbol.dispose]() {
      interruptListeners.delete(told);
      if (listens) Deno.removeSignalListener("SIGHUP", hangup);
    },
  };
}

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
function interruptible(): AbortController {
  isHangupIgnored = ignoresHangup();
  if (isHangupIgnored) Deno.addSignalListener("SIGHUP", () => {}); // else the runtime ends us
  const controller = new AbortController();
  let interrupts = 0;
  const onSignal = () => {
    if (++interrupts > 1 && interruptListeners.size === 0) Deno.exit(130);
    for (const told of interruptListeners) told();
    controller.abort(new DOMException("interrupted", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  return controller;
}

/** What only `cli.ts` needs of the world. */
export interface RealContext extends TramContext {
  /** Waits until all output has gone out, or its readers have had their time. For the end. */
  readonly drained: () => Promise<void>;
}

/** Standard input, output and error, environment and exit code; what cannot be written aborts. */
function realProcess(controller: AbortController): Pick<RealContext, "process" | "drained"> {
  const env = Deno.env.toObject();
  const { stdout, stderr, isLost, drained } = realOutputs(env, controller);
  let exitCode: TramContext["process"]["exitCode"];
  const process: TramContext["process"] = {
    stdin: realInput(env),
    stdout,
    stderr,
    env,
    // However well the rest went, whoever asked did not get all of it.
    get exitCode() {
      return isLost() ? ExitCode.Failed : exitCode;
    },
    set exitCode(code) {
      exitCode = code;
    },
  };
  return {
    process,
    async drained() {
      const wasInterrupted = controller.signal.aborted;
      if (await drained() || wasInterrupted) return;
      process.exitCode = ExitCode.Interrupted; // what was to be all that there is was cut
    },
  };
}

/** The world as it is. */
export function realContext(): RealContext {
  const controller = interruptible();
  return {
    ...realProcess(controller),
    clock: systemClock,
    newPacer: async () => (await import("./clock/precise_pacer.ts")).precisePacer(systemClock),
    network: tcpNetwork,
    tlsNetwork: async (material) => {
      return (await import("./transport/tls/tls_network.ts")).tlsNetwork(material);
    },
    files: realFiles(controller.signal),
    logFiles: async () => (await import("./log/real_log_files.ts")).realLogFiles(),
    os: Deno.build.os,
    stateFiles: async () => {
      return (await import("./transport/session/real_state_files.ts")).realStateFiles;
    },
    fileAccess: async () => (await import("./chat/files/real_file_access.ts")).realFileAccess,
    inputFiles: async () => {
      return (await import("./mapreduce/input/real_input_files.ts")).realInputFiles;
    },
    mapreduceHost: async () => (await import("./mapreduce/real_host.ts")).realHost,
    launchHost: async () => (await import("./launch/real_launch_host.ts")).realLaunchHost,
    bytePipe: async () => (await import("./mapreduce/jobs/real_byte_pipe.ts")).realBytePipe,
    spawner: async () => (await import("./mapreduce/jobs/real_spawner.ts")).realSpawner,
    sshWorld: async () => (await import("./launch/ssh/real_ssh_world.ts")).realSshWorld,
    runSandbox: async () => (await import("./mapreduce/jobs/user/run_sandbox.ts")).runSandbox(),
    openCollectStore: async (path, isReader) => {
      if (path === ":memory:") {
        return new (await import("./collect/store/memory_store.ts")).MemoryStore();
      }
      const { openSqliteStore } = await import("./collect/store/sqlite_store.ts");
      return await openSqliteStore(path, { isReader });
    },
    openChatStore: async (path, isReader) => {
      if (path === ":memory:") {
        return new (await import("./chat/store/memory_chat_store.ts")).MemoryChatStore();
      }
      const { openSqliteChatStore } = await import("./chat/store/sqlite_chat_store.ts");
      return await openSqliteChatStore(path, { isReader });
    },
    pid: Deno.pid,
    hostName: () => Deno.hostname(),
    signal: controller.signal,
    onInterrupt,
  };
}
