import type { Clock } from "../../clock/clock.ts";
import { deadline } from "../../clock/deadline.ts";
import type { GuardPipe, HostLink } from "../host_link.ts";
import type { Machine } from "../hosts/machine.ts";
import { cleanScript } from "./clean_script.ts";
import type { Connector } from "./connector.ts";
import { LineSource } from "./line_source.ts";
import type { Mutex } from "./mutex.ts";
import { placeExecutable } from "./place_executable.ts";
import { placeScript } from "./place_script.ts";
import type { ExecutableFile } from "./programs.ts";
import type { RemoteSession } from "./remote_session.ts";
import { runOnMachine } from "./run_on_machine.ts";
import { shellWord } from "./shell_word.ts";

/** Longest time for bringing the executable, in milliseconds. */
const PLACE_MS = 10 * 60_000;

/** Longest time for ending what a guard has left, in milliseconds. */
const SWEEP_MS = 30_000;

/** What a {@linkcode SshLink} is made of. */
export interface SshLinkParts {
  readonly machine: Machine;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly executable: ExecutableFile;
  /** Shared by all links of a launcher. */
  readonly uploads: Mutex;
  /** What stands behind `tram` over there. @default {["launch", "guard"]} */
  readonly guardArgs?: readonly string[];
  /** Ports of this machine to which that one shall have ways. @default {none} */
  readonly forwards?: readonly number[];
  /** Ends the start of a guard. */
  readonly signal: AbortSignal;
}

/** The way to a machine by ssh: one connection, which first brings tram there if need be. */
export class SshLink implements HostLink {
  readonly #parts: SshLinkParts;
  readonly #closing = new AbortController();
  #session: RemoteSession | undefined;

  constructor(parts: SshLinkParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.machine.name;
  }

  /** @throws {HostError} */
  async start(): Promise<GuardPipe> {
    const { machine, connector, clock, executable, uploads, forwards } = this.#parts;
    const signal = AbortSignal.any([this.#parts.signal, this.#closing.signal]);
    const { account } = await connector.destination(machine);
    const session = await connector.open(machine, placeScript(executable), signal, forwards);
    this.#session = session;
    using late = deadline(clock, PLACE_MS, signal);
    const onAbort = () => session.kill();
    late.signal.addEventListener("abort", onAbort, { once: true });
    if (late.signal.aborted) onAbort();
    const lines = new LineSource(session.output);
    try {
      await placeExecutable({ machine, account, executable, session, lines, uploads });
      const args = (this.#parts.guardArgs ?? ["launch", "guard"]).map(shellWord).join(" ");
      await session.write(new TextEncoder().encode(`run ${args}\n`));
      signal.throwIfAborted();
    } catch (error) {
      session.kill();
      signal.throwIfAborted();
      throw error;
    } finally {
      late.signal.removeEventListener("abort", onAbort);
    }
    return {
      input: { write: (bytes) => session.write(bytes), end: () => session.endInput() },
      output: lines.bytes(),
      errors: session.errors,
      ...session.ports === undefined ? {} : { ports: session.ports },
      ended: session.ended.then((code) => ({ code })),
      kill: () => session.kill(),
    };
  }

  async sweep(guardId: string): Promise<void> {
    const { machine, connector, clock } = this.#parts;
    try {
      await runOnMachine(machine, cleanScript({ kind: "guard", guardId }), {
        ...{ connector, clock, timeoutMs: SWEEP_MS, signal: this.#closing.signal },
        ...{ onOutput: () => {}, onErrors: () => {}, isOwn255: () => false },
      });
    } catch {
      // It cannot be reached: then its guard is there, more likely than not, and has noticed the same.
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("it is not needed any more"));
    this.#session?.kill();
    await this.#session?.ended;
  }
}
