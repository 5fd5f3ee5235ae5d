import type { Clock } from "../../clock/clock.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { isHere, type Machine } from "../hosts/machine.ts";
import type { Connector } from "./connector.ts";
import { HostError, HostProblem } from "./host_error.ts";

/** What {@linkcode runOnMachine} is given. */
export interface RunOnMachineParts {
  readonly connector: Connector;
  readonly clock: Clock;
  /** Longest run, in milliseconds; the time to get there is apart. `undefined`: for ever. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
  /** Takes what it writes. While it waits, the machine does. */
  readonly onOutput: (bytes: Uint8Array) => Promise<void> | void;
  readonly onErrors: (bytes: Uint8Array) => Promise<void> | void;
  /** Whether the exit code 255 is that of the script, and not of ssh; asked at the end. */
  readonly isOwn255: () => boolean;
}

/**
 * Runs a script on a machine to its end: until all that it has started has closed its output.
 *
 * @returns its exit code
 * @throws {HostError} when it could not begin, took too long, or the connection was lost
 * @throws the signal's reason
 */
export async function runOnMachine(
  machine: Machine,
  script: string,
  parts: RunOnMachineParts,
): Promise<number> {
  const { connector, clock, timeoutMs, signal } = parts;
  const session = await connector.open(machine, script, signal);
  let isLate = false;
  const timer = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => {
    isLate = true;
    session.kill();
  });
  const onAbort = () => session.kill();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const [code] = await Promise.all([
      session.ended,
      drain(session.output, parts.onOutput),
      drain(session.errors, parts.onErrors),
    ]);
    signal.throwIfAborted();
    const { name } = machine;
    if (isLate) {
      const within = formatDurationMs(timeoutMs ?? 0);
      const line = `${name} did not end within ${within}, so it was ended`;
      throw new HostError(HostProblem.TimedOut, name, line);
    }
    if (code === 255 && !isHere(machine) && !parts.isOwn255()) {
      throw new HostError(HostProblem.Lost, name, `Lost the connection to ${name}`);
    }
    return code;
  } catch (error) {
    session.kill();
    throw error;
  } finally {
    timer?.cancel();
    signal.removeEventListener("abort", onAbort);
    await session.endInput();
  }
}

async function drain(
  stream: AsyncIterable<Uint8Array>,
  take: (bytes: Uint8Array) => Promise<void> | void,
): Promise<void> {
  for await (const bytes of stream) await take(bytes);
}
