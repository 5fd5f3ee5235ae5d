import type { Machine } from "../hosts/machine.ts";

/** How ssh is used. */
export interface SshSettings {
  /** The program: `ssh`, or a path. */
  readonly program: string;
  /** File to read instead of the user's own settings. */
  readonly configFile: string | undefined;
  /** Further settings, `Name=value`; those of tram win. */
  readonly settings: readonly string[];
  /** Longest time until a command has begun over there, in milliseconds. */
  readonly connectMs: number;
}

/** Time between two signs of life that ssh asks for, in seconds, and how many may be missing. */
const ALIVE_S = 5;
const ALIVE_COUNT = 3;

/** Arguments of ssh that say whom to talk to, and how long it may be silent; what is to be done comes before them. */
function whom({ configFile, settings }: SshSettings, { host, user, port }: Machine): string[] {
  return [
    ...configFile === undefined ? [] : ["-F", configFile],
    ...user === undefined ? [] : ["-l", user],
    ...port === undefined ? [] : ["-p", String(port)],
    ...settings.flatMap((setting) => ["-o", setting]),
    // Behind what the user says: somebody's line may be slower, or quicker.
    ...["-o", `ServerAliveInterval=${ALIVE_S}`, "-o", `ServerAliveCountMax=${ALIVE_COUNT}`],
    "--", // what comes next is a host, whatever it looks like
    host,
  ];
}

/**
 * Arguments of ssh for running a command line. Of what the user's settings say, that stays which
 * leads to the machine; what would ask somebody, leave something behind or clash with another
 * connection goes. The first value that ssh reads of a setting is the one that counts.
 *
 * @param forwards ports of this machine to which the other one shall have ways, by ports that it chooses
 */
export function sshArguments(
  settings: SshSettings,
  machine: Machine,
  commandLine: string,
  forwards: readonly number[] = [],
): readonly string[] {
  const fixed = {
    BatchMode: "yes", // nobody is there to type a password
    ConnectTimeout: String(Math.max(1, Math.ceil(settings.connectMs / 1000))),
    ControlMaster: "no", // a connection for each, so that none outlives its launcher
    ControlPath: "none",
    ControlPersist: "no",
    // Clears those of the command line, too.
    ClearAllForwardings: forwards.length === 0 ? "yes" : "no",
    PermitLocalCommand: "no",
    RemoteCommand: "none",
    RequestTTY: "no",
    LogLevel: "INFO", // below, it does not say that a connection was closed
  };
  return [
    ...["-a", "-x", "-T"],
    ...Object.entries(fixed).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...forwards.flatMap((port) => ["-R", `127.0.0.1:0:127.0.0.1:${port}`]),
    ...whom(settings, machine),
    commandLine,
  ];
}

/** Arguments of ssh for printing what its settings say about a machine. */
export function sshQueryArguments(settings: SshSettings, machine: Machine): readonly string[] {
  return ["-G", ...whom(settings, machine)];
}
