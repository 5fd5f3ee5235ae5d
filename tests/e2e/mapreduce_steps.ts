/** Runs `tram mapreduce map | reduce` as processes. */
import { tramCommand } from "./processes.ts";

/** How long a process may take, in milliseconds: many times what it needs. */
const DEADLINE_MS = 60_000;

/** What a step left. */
export interface StepEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with standard input. */
export async function runWith(
  command: string,
  args: readonly string[],
  input: string | Uint8Array,
  env: Readonly<Record<string, string>> = {},
): Promise<StepEnd> {
  const child = new Deno.Command(command, {
    args: [...args],
    env: { NO_COLOR: "1", LC_ALL: "C", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).spawn();
  const write = async () => {
    const writer = child.stdin.getWriter();
    try {
      await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
      await writer.close();
    } catch {
      // It has ended without reading all.
    }
  };
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), write()]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs `tram mapreduce STEP ARGS`. */
export async function runStep(
  step: "map" | "reduce",
  args: readonly string[],
  input: string | Uint8Array,
): Promise<StepEnd> {
  const { command, prefix } = tramCommand();
  return await runWith(command, [...prefix, "mapreduce", step, ...args], input);
}

/** `map | LC_ALL=C sort | reduce`. */
export async function mapSortReduce(
  args: readonly string[],
  input: string | Uint8Array,
): Promise<StepEnd> {
  const mapped = await runStep("map", args, input);
  if (mapped.code !== 0) return mapped;
  const sorted = await runWith("sort", [], mapped.stdout);
  return await runStep("reduce", args, sorted.stdout);
}

/** Processes that `pid` has started. Linux only. */
export function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return [...Deno.readDirSync(tasks)].flatMap(({ name }) =>
    Deno.readTextFileSync(`${tasks}/${name}/children`).split(" ").filter((id) => id !== "").map(
      Number,
    )
  );
}

/** Whether there is such a process, and it has not ended. Linux only. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
