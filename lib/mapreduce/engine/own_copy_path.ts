import type { InputFiles } from "../input/input_files.ts";
import { findOwnCopy, type OwnCopyOptions } from "../input/own_copy.ts";
import type { WorkerParts } from "./worker_types.ts";

/** Looks for own copies of inputs: what a worker is given as `ownCopy`. */
export function ownCopyPath(files: InputFiles, options: OwnCopyOptions): WorkerParts["ownCopy"] {
  return async (input) => {
    const copy = await findOwnCopy(input, files, options);
    if (copy.source === undefined) return undefined;
    await copy.source[Symbol.asyncDispose](); // tasks open it themselves
    return copy.path;
  };
}
