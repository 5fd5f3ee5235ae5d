/** What can go wrong with a machine. */
export const HostProblem = {
  /** There is no ssh here, or it does not take what it is given. */
  NoSsh: "no-ssh",
  UnknownHost: "unknown-host",
  /** Nothing listens there. */
  Refused: "refused",
  Unreachable: "unreachable",
  TimedOut: "timed-out",
  HostKeyChanged: "host-key-changed",
  HostKeyUnknown: "host-key-unknown",
  /** It does not let us in. */
  Denied: "denied",
  /** It takes no more connections now: another try may do. */
  Busy: "busy",
  /** The connection was lost when the command ran already. */
  Lost: "lost",
  /** What is wanted of it cannot run there. */
  Unfit: "unfit",
  NoPermission: "no-permission",
  DiskFull: "disk-full",
  Other: "other",
} as const;

/** A problem from {@linkcode HostProblem}. */
export type HostProblem = typeof HostProblem[keyof typeof HostProblem];

/** A machine could not be used; the message is one line with its name. */
export class HostError extends Error {
  override readonly name = "HostError";

  /** @param problem what went wrong @param machine its name, as the user wrote it */
  constructor(readonly problem: HostProblem, readonly machine: string, message: string) {
    super(message);
  }
}
