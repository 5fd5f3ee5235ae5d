/** More keys than memory, and what processes have resident meanwhile. Linux only. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { childrenOf } from "./mapreduce_steps.ts";
import { tramCommand, wait } from "./processes.ts";

/** Bytes of a line with its end. */
const LINE_BYTES = 128;
const FILES = 8;
/** Has no factor in common with a power of ten, so that multiples of it differ. */
const STRIDE = 7919;
const DIGITS = 11;
const LOOK_MS = 50;
/** Sums are taken modulo this. */
const SUM = 2 ** 32;

/** What a run over distinct keys was like. */
export interface KeysEnd {
  /** Most bytes that each process had resident: the coordinator first. */
  readonly residentBytes: readonly number[];
  readonly lines: number;
  readonly spilledBytes: number;
}

/** Options of {@linkcode countDistinct}. */
export interface KeysOptions {
  /** Of all keys: a word of 127 bytes in each line, each another one. */
  readonly bytes: number;
  /** `--memory` of each worker. */
  readonly memory: string;
  readonly workers: string;
  readonly deadlineMs: number;
}

/** Counts words of which each occurs once. Checks the output. */
export async function countDistinct(folder: string, options: KeysOptions): Promise<KeysEnd> {
  const lines = Math.floor(options.bytes / LINE_BYTES / FILES) * FILES;
  Deno.mkdirSync(`${folder}/in`, { recursive: true });
  Deno.mkdirSync(`${folder}/temp`, { recursive: true });
  for (let i = 0; i < FILES; i++) {
    writeKeys(`${folder}/in/${i}.txt.gz`, i * lines / FILES, (i + 1) * lines / FILES);
  }
  const { command, prefix } = tramCommand();
  const child = new Deno.Command(command, {
    args: [
      ...[...prefix, "mapreduce", "run", "--job", "wordcount", "--json"],
      ...["--memory", options.memory, "--workers", options.workers],
      ...["--output", `${folder}/out`, `${folder}/in`],
    ],
    env: { TMPDIR: `${folder}/temp`, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(options.deadlineMs),
  }).spawn();
  const resident = new Map<number, number>();
  let isOver = false;
  const ended = child.output().finally(() => isOver = true);
  while (!isOver) {
    for (const pid of [child.pid, ...workersOf(child.pid)]) {
      resident.set(pid, Math.max(resident.get(pid) ?? 0, peakBytes(pid)));
    }
    await Promise.race([ended, wait(LOOK_MS)]);
  }
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const summary = JSON.parse(new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1) ?? "");
  assert.equal(summary.lines, lines);
  await checkParts(`${folder}/out`, lines);
  return {
    residentBytes: [...resident.values()],
    lines,
    spilledBytes: summary.spilledBytes,
  };
}

/** Packed text cannot be cut: each file is one task. */
function writeKeys(path: string, from: number, to: number): void {
  using file = Deno.createSync(path);
  const tail = "x".repeat(LINE_BYTES - DIGITS - 1);
  for (let line = from; line < to;) {
    let text = "";
    for (const end = Math.min(to, line + 10_000); line < end; line++) {
      text += `${String(line * STRIDE % 10 ** DIGITS).padStart(DIGITS, "0")}${tail}\n`;
    }
    const bytes = gzipSync(text, { level: 1 });
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  }
}

/** Each part is sorted, and all keys are there, once: so many lines whose keys rise, of known sum. */
async function checkParts(folder: string, lines: number): Promise<void> {
  let count = 0;
  let sum = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.startsWith("part-")) continue;
    let rest = "";
    let last = "";
    using file = await Deno.open(`${folder}/${name}`);
    for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
      const all = (rest + text).split("\n");
      rest = all.pop() ?? "";
      for (const line of all) {
        const key = line.slice(0, DIGITS);
        if (!(key > last) || !line.endsWith("x\t1")) throw new Error(`${name}: ${last}, ${line}`);
        last = key;
        count++;
        sum = (sum + Number(key)) % SUM;
      }
    }
    assert.equal(rest, "");
  }
  assert.equal(count, lines);
  let wanted = 0;
  for (let line = 0; line < lines; line++) {
    wanted = (wanted + line * STRIDE % 10 ** DIGITS) % SUM;
  }
  assert.equal(sum, wanted);
}

/** Processes that a process has started; none when one of its threads ends just now. */
function workersOf(pid: number): readonly number[] {
  try {
    return childrenOf(pid);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Memory of a process at its highest, in bytes; 0 when it has ended. */
function peakBytes(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    // A process that ends has no files any more, or files that cannot be read.
    if (error instanceof Deno.errors.NotFound) return 0;
    if (error instanceof Error && /ESRCH|os error 3/.test(error.message)) return 0;
    throw error;
  }
}
