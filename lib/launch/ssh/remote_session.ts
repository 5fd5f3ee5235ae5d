import type { RunningProgram } from "./programs.ts";

/** A script that runs on a machine. */
export interface RemoteSession {
  /** Writes all of `bytes` to its input. @throws {Error} if nobody reads */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends its input. Never throws. */
  endInput(): Promise<void>;
  /** What it writes, without what the machine says to everybody. Must be read. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Its standard error, and what ssh says meanwhile. Must be read. */
  readonly errors: AsyncIterable<Uint8Array>;
  /** Ports over there that lead to ports here, by the port here. @default {none} */
  readonly ports?: ReadonlyMap<number, number>;
  /** Exit code; 255 also when the connection was lost. Never rejects. */
  readonly ended: Promise<number>;
  /** Breaks the connection. Never throws; twice does no harm. */
  kill(): void;
}

/** A session out of a program and what it writes. */
export function sessionOf(
  program: RunningProgram,
  output: AsyncIterable<Uint8Array>,
  errors: AsyncIterable<Uint8Array>,
  ports: ReadonlyMap<number, number>,
): RemoteSession {
  const { ended } = program;
  return {
    ...{ output, errors, ports, ended },
    write: (bytes) => program.write(bytes),
    endInput: () => program.endInput(),
    kill: () => program.kill(),
  };
}
