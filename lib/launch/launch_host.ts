/** What `launch` needs of this machine. `real_launch_host.ts` has the real one. */
import type { ProcessRoom } from "./guard/process_room.ts";
import type { RunFile, RunFolder } from "./guard/run_folder.ts";
import type { HostLink } from "./host_link.ts";

/** Files of what copies write, one for each. */
export interface LogFolder {
  readonly path: string;
  /** Adds to the file of a copy. Never throws: what cannot be written is told to whoever opened it. */
  write(copy: string, bytes: Uint8Array): void;
  close(): void;
}

/** A run that goes on, as others of the user can see it. */
export interface ControlServer {
  close(): void;
}

/** What `launch` needs of this machine. */
export interface LaunchHost {
  readonly cores: number;
  readonly arch: string;
  readonly room: ProcessRoom;
  /** Makes the private folder of a run. @throws {Error} when it cannot be made */
  makeRunFolder(
    id: string,
    files: readonly RunFile[],
    env: Readonly<Partial<Record<string, string>>>,
  ): Promise<RunFolder>;
  /** Removes a folder and what is in it. Never throws. */
  removeFolder(path: string): Promise<void>;
  /**
   * Makes a folder for what copies write.
   *
   * @param onFailure told once when something cannot be written any more
   * @throws {Error} when it cannot be made
   */
  openLogs(path: string, onFailure: (why: string) => void): LogFolder;
  /**
   * Answers what other processes of the user ask of this run: a line of JSON each.
   *
   * @param path of a socket; its folder is made, for the user only
   * @throws {Error} when nobody can listen there
   */
  serveControl(path: string, answer: (request: unknown) => unknown): ControlServer;
  /** Asks a run; `undefined` when there is none any more. @throws {Error} when it does not answer */
  askControl(path: string, request: unknown): Promise<unknown>;
  /** Paths of the sockets in a folder. */
  listControls(folder: string): Promise<readonly string[]>;
  /** The way to a guard on this machine. */
  here(): HostLink;
}
