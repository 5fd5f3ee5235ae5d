/** From what stands on the command line to the names of files and URLs. */
import { UsageError } from "../../config/usage_error.ts";
import { globPattern, isGlob } from "./glob_pattern.ts";
import type { InputFiles } from "./input_files.ts";
import { textOfList } from "./text_of_list.ts";

/** Something that is to be read. */
export interface InputName {
  readonly kind: "file" | "url";
  /** Absolute path, or URL. */
  readonly name: string;
}

/** Files of a folder that are inputs. */
const INPUT_NAME = /\.(wet|warc|txt|gz)$/i;
/** Folders in folders; more are a loop of links. */
const MAX_DEPTH = 64;

/**
 * The files and URLs that are meant, in the order given; what a folder or pattern stands for is sorted
 * by bytes. What is meant twice is there once.
 *
 * @throws {UsageError} when one of them means nothing
 * @throws {Error} when a folder cannot be read, or something is no file that is named like an input
 */
export async function expandInputs(
  args: readonly string[],
  files: InputFiles,
): Promise<readonly InputName[]> {
  const names = new Map<string, InputName>();
  for (const arg of args) {
    for (const found of await expand(arg, files)) names.set(found.name, found);
  }
  return [...names.values()];
}

async function expand(arg: string, files: InputFiles): Promise<readonly InputName[]> {
  if (!arg.startsWith("@")) return await expandOne(arg, files);
  const list = arg.slice(1);
  const lines = (await textOfList(list, files)).split("\n").map((line) => line.trim());
  const found: InputName[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    try {
      found.push(...await expandOne(line, files));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const Kind = error instanceof UsageError ? UsageError : Error;
      throw new Kind(`${message} (line ${index + 1} of ${list})`, { cause: error });
    }
  }
  if (found.length === 0) throw new UsageError(`Cannot use the list ${list}: it names no input`);
  return found;
}

async function expandOne(arg: string, files: InputFiles): Promise<readonly InputName[]> {
  if (/^https?:\/\//i.test(arg)) {
    if (!URL.canParse(arg)) throw new UsageError(`Cannot use the input ${arg}: it is no URL`);
    return [{ kind: "url", name: new URL(arg).href }];
  }
  const there = arg === "" ? undefined : await files.find(arg);
  if (there?.kind === "file") return [{ kind: "file", name: files.absolute(arg) }];
  if (there?.kind === "other") throw new UsageError(`Cannot use the input ${arg}: it is no file`);
  const paths = there?.kind === "folder"
    ? await below(arg, MAX_DEPTH, files, (path) => INPUT_NAME.test(path))
    : isGlob(arg)
    ? await matching(arg, files)
    : undefined;
  if (paths === undefined) {
    throw new UsageError(`Cannot find the input "${arg}": there is no such file or folder`);
  }
  if (paths.length === 0) {
    const wanted = there === undefined
      ? `no file matches "${arg}"`
      : `the folder ${arg} has no *.wet, *.warc, *.txt or *.gz in it`;
    throw new UsageError(`Cannot find any input: ${wanted}`);
  }
  return paths.map((path) => ({ kind: "file", name: files.absolute(path) }));
}

async function matching(pattern: string, files: InputFiles): Promise<readonly string[]> {
  const { folder, maxDepth, matches } = globPattern(pattern);
  if (folder !== "" && (await files.find(folder))?.kind !== "folder") return [];
  return await below(folder, Math.min(maxDepth, MAX_DEPTH), files, matches);
}

/** Files below a folder, sorted by bytes. */
async function below(
  folder: string,
  maxDepth: number,
  files: InputFiles,
  isWanted: (pathBelow: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = [];
  const base = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
  /** Folders that are being walked: a link may lead back to one. */
  const walk = async (prefix: string, depth: number, within: readonly string[]) => {
    const here = `${base}${prefix}` || ".";
    const real = await files.real(here);
    if (within.includes(real)) return;
    for (const { name, kind } of await files.list(here)) {
      const path = `${prefix}${name}`;
      if (kind === "file" && isWanted(path)) found.push(path);
      if (kind === "other" && isWanted(path)) {
        // Whoever has put it there means something by it: a link to a disk that is not mounted, perhaps.
        throw new Error(`Cannot use the input ${base}${path}: it is no file, or a link to nothing`);
      }
      if (kind !== "folder" || depth >= maxDepth) continue;
      await walk(`${path}/`, depth + 1, [...within, real]);
    }
  };
  await walk("", 1, []);
  return found.sort(compareBytes).map((path) => `${base}${path}`);
}

const encoder = new TextEncoder();

function compareBytes(a: string, b: string): number {
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
