import type { Clock } from "../../clock/clock.ts";
import { deadline } from "../../clock/deadline.ts";
import type { Machine } from "../hosts/machine.ts";
import { explainNoStart } from "./explain_ssh.ts";
import { HostError, HostProblem } from "./host_error.ts";
import type { RunningProgram, SshWorld } from "./programs.ts";
import { sshQueryArguments, type SshSettings } from "./ssh_arguments.ts";
import { parseDestination, type SshDestination } from "./ssh_destination.ts";
import { textOf } from "./text_of.ts";

/** How many are asked for at a time. */
const AT_ONCE = 4;

/** What a {@linkcode SshDestinations} is made of. */
interface Parts {
  readonly world: SshWorld;
  readonly clock: Clock;
  readonly settings: SshSettings;
}

/** Asks ssh where its connections go, each once. */
export class SshDestinations {
  readonly #parts: Parts;
  readonly #known = new Map<string, Promise<SshDestination>>();
  readonly #turns: Promise<unknown>[];
  #asked = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#turns = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  }

  /** @throws {HostError} when ssh is missing or does not take its settings */
  of(machine: Machine): Promise<SshDestination> {
    const known = this.#known.get(machine.name);
    if (known !== undefined) return known;
    const turn = this.#asked++ % AT_ONCE;
    const answer = (this.#turns[turn] ?? Promise.resolve()).then(() => this.#ask(machine));
    this.#turns[turn] = answer.catch(() => {});
    this.#known.set(machine.name, answer);
    return answer;
  }

  /** Starts ssh. @throws {HostError} when it is missing */
  start({ name }: Machine, args: readonly string[]): RunningProgram {
    const { world, settings: { program } } = this.#parts;
    try {
      return world.start(program, args);
    } catch (error) {
      const why = error instanceof Deno.errors.NotFound
        ? "there is no such program; install the client of OpenSSH, or name another by --ssh"
        : error instanceof Error
        ? error.message
        : error;
      throw new HostError(
        HostProblem.NoSsh,
        name,
        `Cannot reach ${name}: Cannot start "${program}": ${why}`,
      );
    }
  }

  async #ask(machine: Machine): Promise<SshDestination> {
    const { clock, settings } = this.#parts;
    const program = this.start(machine, sshQueryArguments(settings, machine));
    using late = deadline(clock, settings.connectMs);
    late.signal.addEventListener("abort", () => program.kill(), { once: true });
    void program.endInput();
    const [output, errors, code] = await Promise.all([
      textOf(program.output),
      textOf(program.errors),
      program.ended,
    ]);
    if (code === 0) return parseDestination(output);
    const { problem, line } = explainNoStart(errors, 255);
    throw new HostError(problem, machine.name, `Cannot reach ${machine.name}: ${line}`);
  }
}
