import type { Clock } from "../../clock/clock.ts";
import { deadline } from "../../clock/deadline.ts";
import { sleep } from "../../clock/sleep.ts";
import { formatDurationMs } from "../../terminal/format_duration_ms.ts";
import { isHere, type Machine } from "../hosts/machine.ts";
import { allocatedPorts } from "./allocated_ports.ts";
import { ConnectionGate } from "./connection_gate.ts";
import { explainNoStart } from "./explain_ssh.ts";
import { HostError, HostProblem } from "./host_error.ts";
import { MarkedStream } from "./marked_stream.ts";
import type { RunningProgram, SshWorld } from "./programs.ts";
import { type RemoteSession, sessionOf } from "./remote_session.ts";
import { anyShellCommand } from "./shell_word.ts";
import { sshArguments, type SshSettings } from "./ssh_arguments.ts";
import { type SshDestination } from "./ssh_destination.ts";
import { SshDestinations } from "./ssh_destinations.ts";

/** How often a connection that was turned away is tried again. */
const MAX_RETRIES = 8;

/** Waits before another try: they double from the first to the last, and chance takes up to half off. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 4000;

/** What a {@linkcode Connector} is made of. */
export interface ConnectorParts {
  readonly world: SshWorld;
  readonly clock: Clock;
  readonly settings: SshSettings;
  /** @default {a new one} */
  readonly gate?: ConnectionGate;
}

/** What is to be run where. */
interface Attempt {
  readonly machine: Machine;
  readonly door: string;
  readonly script: string;
  readonly forwards: readonly number[];
}

/** Runs scripts on machines, by the system's ssh; on this one without it. */
export class Connector {
  readonly #parts: ConnectorParts;
  readonly #gate: ConnectionGate;
  readonly #destinations: SshDestinations;

  constructor(parts: ConnectorParts) {
    this.#parts = parts;
    this.#gate = parts.gate ?? new ConnectionGate({ clock: parts.clock });
    this.#destinations = new SshDestinations(parts);
  }

  /** Where connections to a machine go. @throws {HostError} */
  async destination(machine: Machine): Promise<SshDestination> {
    if (isHere(machine)) return { door: machine.name, account: machine.name };
    return await this.#destinations.of(machine);
  }

  /**
   * Runs a script for `/bin/sh` on a machine. Resolves when it has begun; the time for that counts
   * from when it was the machine's turn.
   *
   * @param forwards ports of this machine to which it shall have ways
   * @throws {HostError} when it cannot
   * @throws the signal's reason
   */
  async open(
    machine: Machine,
    script: string,
    signal: AbortSignal,
    forwards: readonly number[] = [],
  ): Promise<RemoteSession> {
    const { clock, world } = this.#parts;
    const { door } = await this.destination(machine);
    for (let retries = 0;; retries++) {
      signal.throwIfAborted();
      const attempt = await this.#attempt({ machine, door, script, forwards }, signal);
      if (!(attempt instanceof HostError)) return attempt;
      if (attempt.problem !== HostProblem.Busy || retries === MAX_RETRIES) throw attempt;
      const longestMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries);
      await sleep(clock, longestMs * (1 - world.random() / 2), signal);
    }
  }

  async #attempt(
    { machine, door, script, forwards }: Attempt,
    signal: AbortSignal,
  ): Promise<RemoteSession | HostError> {
    const { clock, settings } = this.#parts;
    using _inside = await this.#gate.enter(door, signal);
    const mark = `tram-${crypto.randomUUID()}`;
    const program = this.#start(
      machine,
      `printf '%s\\n' ${mark}\nprintf '%s\\n' ${mark} >&2\n${script}`,
      forwards,
    );
    const output = new MarkedStream(program.output, mark);
    const errors = new MarkedStream(program.errors, mark);
    const errorsBegun = errors.begun();
    errorsBegun.catch(() => {}); // looked at below, or when somebody reads them
    using late = deadline(clock, settings.connectMs, signal);
    const onLate = () => program.kill();
    late.signal.addEventListener("abort", onLate, { once: true });
    try {
      if (late.signal.aborted) onLate();
      const hasBegun = await output.begun();
      if (hasBegun && !late.signal.aborted) {
        const ports = forwards.length === 0 || !await errorsBegun
          ? new Map<number, number>()
          : allocatedPorts(errors.before);
        if (forwards.every((port) => ports.has(port))) {
          return sessionOf(program, output.after(), afterMark(errors, errorsBegun), ports);
        }
        program.kill();
        await Promise.all([output.drop(), errors.drop()]);
        return noTunnel(machine);
      }
      // Too much before the mark, or its end.
      if (!late.signal.aborted && output.before !== "") await this.#lingering(program);
      const [code] = await Promise.all([program.ended, output.drop(), errorsBegun, errors.drop()]);
      signal.throwIfAborted();
      return this.#noStart(machine, { code, errors: errors.before, isLate: late.signal.aborted });
    } finally {
      late.signal.removeEventListener("abort", onLate);
    }
  }

  /** What says too much to be a greeting is ended; what has ended by itself keeps its exit code. */
  async #lingering(program: RunningProgram): Promise<void> {
    using soon = deadline(this.#parts.clock, 1000);
    soon.signal.addEventListener("abort", () => program.kill(), { once: true });
    await program.ended;
  }

  #start(machine: Machine, script: string, forwards: readonly number[]): RunningProgram {
    const { world, settings } = this.#parts;
    if (isHere(machine)) return world.start("/bin/sh", ["-c", script]);
    const args = sshArguments(settings, machine, anyShellCommand(script), forwards);
    return this.#destinations.start(machine, args);
  }

  #noStart(
    { name }: Machine,
    { code, errors, isLate }: {
      readonly code: number;
      readonly errors: string;
      readonly isLate: boolean;
    },
  ): HostError {
    if (isLate) {
      const within = formatDurationMs(this.#parts.settings.connectMs);
      const line = `Cannot reach ${name}: it does not answer within ${within}`;
      return new HostError(HostProblem.TimedOut, name, line);
    }
    const { problem, line } = explainNoStart(errors, code);
    return new HostError(problem, name, `Cannot reach ${name}: ${line}`);
  }
}

function noTunnel({ name }: Machine): HostError {
  return new HostError(
    HostProblem.Unfit,
    name,
    `Cannot reach this machine from ${name} by ssh: it takes no ports; see AllowTcpForwarding of its ` +
      "sshd, or leave out --tunnel",
  );
}

async function* afterMark(
  errors: MarkedStream,
  begun: Promise<boolean>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (await begun) yield* errors.after();
  else await errors.drop();
}
