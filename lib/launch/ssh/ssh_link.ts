import type { Clock } from "../../clock/clock.ts";
import { deadline } from "../../clock/deadline.ts";
import type { GuardPipe, HostLink } from "../host_link.ts";
import type { Machine } from "../hosts/machine.ts";
import type { Connector } from "./connector.ts";
import { LineSource } from "./line_source.ts";
import type { Mutex } from "./mutex.ts";
import { placeExecutable } from "./place_executable.ts";
import { placeScript } from "./place_script.ts";
import type { ExecutableFile } from "./programs.ts";
import type { RemoteSession } from "./remote_session.ts";
import { shellWord } from "./shell_word.ts";

/** Longest time for bringing the executable, in milliseconds. */
const PLACE_MS = 10 * 60_000;

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
  /** Ends the start of a guard. */
  readonly signal: AbortSignal;
}

/** The way to a machine by ssh: one connection, which first brings tram there if need be. */
export class SshLink implements HostLink {
  readonly #parts: SshLinkParts;
  #session: RemoteSession | undefined;

  constructor(parts: SshLinkParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.machine.name;
  }

  /** @throws {HostError} */
  async start(): Promise<GuardPipe> {
    const { machine, connector, clock, executable, uploads, signal } = this.#parts;
    const { account } = await connector.destination(machine);
    const session = await connector.open(machine, placeScript(executable), signal);
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
      ended: session.ended.then((code) => ({ code })),
      kill: () => session.kill(),
    };
  }

  async close(): Promise<void> {
    this.#session?.kill();
    await this.#session?.ended;
  }
}
