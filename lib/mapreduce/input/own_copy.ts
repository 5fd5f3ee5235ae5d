/** Which file of a worker, if any, is the same as an input of the coordinator. */
import { identityOf } from "./identity_of.ts";
import type { FileIdentity, Input } from "./input.ts";
import type { InputFiles } from "./input_files.ts";
import { InputError, type InputSource } from "./input_source.ts";

/** What a worker may open. */
export interface OwnCopyOptions {
  /** Folders: `--input-root`. Links must not lead out of them. */
  readonly roots: readonly string[];
  /** Files that are named on its command line. @default {none} */
  readonly named?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A copy to read from, or why there is none. */
export type OwnCopy =
  | { readonly source: InputSource; readonly path: string }
  | { readonly source: undefined; readonly reason: string };

/**
 * Looks for a file with the size and the hashes of an input: by the path that the coordinator has,
 * and below each root by the ends of that path, the longest first. Nothing else is opened.
 */
export async function findOwnCopy(
  input: Input,
  files: InputFiles,
  { roots, named = [], signal }: OwnCopyOptions,
): Promise<OwnCopy> {
  const { identity } = input;
  if (input.kind !== "file" || identity.kind !== "hashes") {
    return { source: undefined, reason: "it is no file" };
  }
  let reason = "it has none that it may open";
  const tried = new Set<string>();
  for (const { path, within } of candidates(input.name, roots, named)) {
    const real = await realPath(path, files);
    if (real === undefined || tried.has(real)) continue;
    tried.add(real);
    const limit = await realPath(within, files);
    if (limit === undefined || !isWithin(real, limit)) {
      reason = `${path} leads out of ${within}`;
      continue;
    }
    const copy = await tryCopy(real, input.size, identity, files, signal);
    if (typeof copy !== "string") return { source: copy, path: real };
    reason = copy;
  }
  return { source: undefined, reason };
}

interface Candidate {
  readonly path: string;
  /** Folder, or the file itself, in which the real path must lie. */
  readonly within: string;
}

function candidates(
  name: string,
  roots: readonly string[],
  named: readonly string[],
): readonly Candidate[] {
  const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..");
  const last = parts.at(-1);
  const found: Candidate[] = named
    .filter((path) => path === name || path.split(/[/\\]/).at(-1) === last)
    .map((path) => ({ path, within: path }));
  for (const root of roots) {
    if (name === root || name.startsWith(root.endsWith("/") ? root : `${root}/`)) {
      found.push({ path: name, within: root });
    }
    for (let from = 0; from < parts.length; from++) {
      found.push({ path: [root, ...parts.slice(from)].join("/"), within: root });
    }
  }
  return found;
}

async function realPath(path: string, files: InputFiles): Promise<string | undefined> {
  try {
    return await files.real(path);
  } catch {
    return undefined; // there is none, or it may not be looked at
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** @returns why it is no copy */
async function tryCopy(
  path: string,
  size: number,
  wanted: FileIdentity,
  files: InputFiles,
  signal: AbortSignal | undefined,
): Promise<InputSource | string> {
  let source: InputSource | undefined;
  let isSame = false;
  try {
    source = await files.open(path);
    if (source.size !== size) return `${path} has ${source.size} bytes, not ${size}`;
    const isWhole = wanted.whole !== undefined;
    const abort = signal === undefined ? {} : { signal };
    const { head, tail, whole } = await identityOf(source, { isWhole, ...abort });
    isSame = head === wanted.head && tail === wanted.tail && whole === wanted.whole;
    return isSame ? source : `${path} has other bytes`;
  } catch (error) {
    if (signal?.aborted || !(error instanceof InputError)) throw error;
    return `${path} ${error.message}`;
  } finally {
    if (!isSame) await source?.[Symbol.asyncDispose]();
  }
}
