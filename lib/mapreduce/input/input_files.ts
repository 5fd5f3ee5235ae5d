/** What inputs need of a disk and of HTTP. `real_input_files.ts` has the real one. */
import type { InputSource } from "./input_source.ts";

/** What there is by a name. */
export interface FoundFile {
  readonly kind: "file" | "folder" | "other";
  readonly size: number;
}

/** An entry of a folder; links are followed. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FoundFile["kind"];
}

/** What inputs need of a disk and of HTTP. Everything throws an `Error` of one line. */
export interface InputFiles {
  /** What there is by this name; links are followed. @returns `undefined`: nothing */
  find(path: string): Promise<FoundFile | undefined>;
  /** What is in a folder, in any order. */
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Opens a file. @throws {InputError} also when it is something else, such as a pipe */
  open(path: string): Promise<InputSource>;
  /** The same path, wherever a later process is started. */
  absolute(path: string): string;
  /** The path with no link in it. @throws {Error} when there is nothing */
  real(path: string): Promise<string>;
  /** As the global `fetch`: what a server says, redirections followed. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}
