/** Disks that are full soon. */
import assert from "node:assert/strict";
import { TempFolder } from "./temp_folder.ts";

/** Runs a program of the system; says whether it did what it should. */
async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A small file system of its own. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #folder: TempFolder;

  constructor(folder: TempFolder) {
    this.#folder = folder;
    this.path = folder.path;
  }

  async remount(mode: "ro" | "rw"): Promise<void> {
    assert(await run("mount", "-o", `remount,${mode}`, this.path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.path);
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Whether this process has the rights that it takes. */
export const canMount = Deno.build.os === "linux" && Deno.uid() === 0;

/** A disk of a megabyte. */
export async function smallDisk(): Promise<SmallDisk> {
  const folder = new TempFolder();
  assert(await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path));
  return new SmallDisk(folder);
}
