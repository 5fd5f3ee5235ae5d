/**
 * What a command may touch of the world. `cli.ts` has the real one built; tests build their own.
 */
import type { CommandContext } from "@stricli/core";
import type { Clock } from "./clock/clock.ts";
import type { Pacer } from "./clock/pacer.ts";
import type { ExitCode } from "./config/exit_code.ts";
import type { FileAccess } from "./chat/files/file_access.ts";
import type { ChatStore } from "./chat/store/chat_store.ts";
import type { CollectStore } from "./collect/store/collect_store.ts";
import type { Logger } from "./log/log.ts";
import type { LogFiles } from "./log/log_files.ts";
import type { LaunchHost } from "./launch/launch_host.ts";
import type { SshWorld } from "./launch/ssh/programs.ts";
import type { MapreduceHost } from "./mapreduce/host.ts";
import type { InputFiles } from "./mapreduce/input/input_files.ts";
import type { BytePipe } from "./mapreduce/jobs/byte_pipe.ts";
import type { Spawner } from "./mapreduce/jobs/spawner.ts";
import type { Screen } from "./terminal/screen.ts";
import type { Network } from "./transport/network.ts";
import type { StateFiles } from "./transport/session/state_files.ts";
import type { TlsMaterial } from "./transport/tls/tls_material.ts";

/** Somewhere to write text to. */
export interface Output {
  /**
   * Writes `text` as it is, without waiting. Of what nobody reads some 4 MiB are kept; what comes then
   * is left out and counted: fit for events, not for data.
   */
  write(text: string): void;
  /**
   * Waits until what was written has gone out, or the process is interrupted: for who writes a lot, so
   * that nothing is left out. Nothing to wait for where it is missing.
   */
  drained?(): Promise<void>;
  /** Columns of the terminal; `undefined` when it is not one. */
  readonly columns: number | undefined;
  /** A terminal that can be drawn on, line by line and back. */
  readonly isTerminal: boolean;
  /** Whether text for it shall have colours: see `wantsColor`. */
  readonly hasColor: boolean;
}

/** Where what somebody types, or another program writes, comes from. */
export interface Input {
  /** A terminal that can be typed on, key by key. */
  readonly isTerminal: boolean;
  /**
   * Bytes as they come, until the end of the input or the signal; a view is valid until the next is
   * asked for. What comes after the signal is kept for whoever reads next. One reads at a time.
   *
   * @throws {Error} when it cannot be read
   */
  read(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * From now on each key comes at once and is not shown; ^C is a byte. Ends when disposed, and at
   * exit in any case.
   *
   * @param onExit is called when the process ends before that; must not wait
   */
  raw(onExit?: () => void): Disposable;
  /** Calls back when the terminal has another size. */
  onResize(changed: () => void): Disposable;
}

/** A file that is being written from the start. */
export interface NewFile {
  /** Takes away what was there before. Comes before the first write. @throws {Error} */
  begin(): void;
  /** Writes all of `bytes`; they are in the file when it returns. @throws {Error} when they cannot be */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** The few things that tram does with files outside of its stores. */
export interface Files {
  /**
   * Text of a file, or `undefined` when there is none.
   *
   * @param maxBytes most that it may hold. @default {1 MiB}
   * @throws {Error} when it cannot be read
   */
  readText(path: string, maxBytes?: number): Promise<string | undefined>;
  /**
   * Text of a file that only the user or root can have written, or `undefined` when there is none.
   *
   * @throws {Error} when it may be somebody else's
   */
  readTrusted(path: string): Promise<string | undefined>;
  /**
   * Text of a file that nobody but its owner may read, or `undefined` when there is none.
   *
   * @throws {Error} when others may read it
   */
  readSecret(path: string): Promise<string | undefined>;
  /**
   * Adds text to a file that nobody but its owner can read; makes file and folder where there are
   * none. Nobody else changes it meanwhile.
   *
   * @param added given what the file holds; says what to add
   */
  appendSecret(path: string, added: (text: string) => string): Promise<void>;
  /**
   * Makes a file that holds `text`, and its folder where there is none. Where a file is replaced,
   * nobody ever sees half of the new one.
   *
   * @param isSecret nobody but its owner may read it
   * @param replaces a file that is there goes
   * @returns false when there is a file, and it stays
   * @throws {Error} when it cannot be written
   */
  writeNew(
    path: string,
    text: string,
    options: { readonly isSecret: boolean; readonly replaces: boolean },
  ): Promise<boolean>;
  /**
   * A file to write from its start, once it is told to begin. Until then, what was there before
   * stays; a new file that never begins does not stay.
   *
   * @throws {Error} when it cannot be written
   */
  create(path: string): NewFile;
}

/** What a command may touch of the world. */
export interface TramContext extends CommandContext {
  readonly process: {
    readonly stdin: Input;
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Partial<Record<string, string>>>;
    exitCode?: number | string | null;
  };
  readonly clock: Clock;
  /** Makes what wakes a command at exact times; it may have a thread of its own. */
  readonly newPacer: () => Promise<Pacer>;
  readonly network: Network;
  /** An encrypted network, instead of `network`. @throws {SyntaxError} when it is no good PEM */
  readonly tlsNetwork: (material: TlsMaterial) => Promise<Network>;
  readonly files: Files;
  /** Files of sessions that outlive a process; loaded when they are wanted. */
  readonly stateFiles: () => Promise<StateFiles>;
  /** Files that `chat` sends and receives; loaded when they are wanted. */
  readonly fileAccess: () => Promise<FileAccess>;
  /** What `mapreduce` reads, on the disk and behind URLs; loaded when it is wanted. */
  readonly inputFiles: () => Promise<InputFiles>;
  /** Output, temporary files, threads and processes of `mapreduce`; loaded when they are wanted. */
  readonly mapreduceHost: () => Promise<MapreduceHost>;
  /** Processes, folders and machines of `launch`; loaded when they are wanted. */
  readonly launchHost: () => Promise<LaunchHost>;
  /** Standard input and output as bytes, instead of `process.stdin` and `stdout`; loaded when wanted. */
  readonly bytePipe: () => Promise<BytePipe>;
  /** Starts programs; loaded when it is wanted. */
  readonly spawner: () => Promise<Spawner>;
  /** What `launch` needs of this machine to use others; loaded when it is wanted. */
  readonly sshWorld: () => Promise<SshWorld>;
  /** Makes this process one that runs a user's job; ends it in the end. */
  readonly runSandbox: () => Promise<never>;
  /** Opens what `collect` stores in: a file, or memory for `:memory:`. @throws {StoreError} */
  readonly openCollectStore: (path: string, isReader: boolean) => Promise<CollectStore>;
  /** Opens what `chat` stores in: a file, or memory for `:memory:`. @throws {StoreError} */
  readonly openChatStore: (path: string, isReader: boolean) => Promise<ChatStore>;
  /** Where log files go; loaded when one is asked for. */
  readonly logFiles: () => Promise<LogFiles>;
  /** `linux`, `darwin` or `windows`. */
  readonly os: string;
  /** Number of this process. */
  readonly pid: number;
  /** Name of this machine. */
  readonly hostName: () => string;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Calls back at each SIGINT, SIGTERM and SIGHUP until it is disposed; the second does not end this
   * process at once meanwhile, nor does SIGHUP. For those who have to clean up in any case.
   */
  readonly onInterrupt: (told: () => void) => Disposable;
}

/** What the body of a command gets: the world, and the log of this process. */
export interface RunContext extends TramContext {
  readonly log: Logger;
  /** Standard error, with lines at its bottom that change. */
  readonly screen: Screen;
}

/** Something that is run: says how it ended. */
export type CommandBody<Flags> = (context: TramContext, flags: Flags) => Promise<ExitCode>;
