import type { RunContext } from "../../context.ts";
import type { HostLink } from "../host_link.ts";
import type { Machine } from "../hosts/machine.ts";
import { Mutex } from "./mutex.ts";
import { openConnector } from "./open_connector.ts";
import { openExecutable } from "./open_executable.ts";
import { SshLink, type SshLinkParts } from "./ssh_link.ts";
import type { SshFlags } from "./ssh_options.ts";

/** What {@linkcode sshLinks} is given. */
export interface SshLinksOptions {
  /** Other machines; `here` is none of them. */
  readonly machines: readonly Machine[];
  readonly flags: Omit<SshFlags, "exclude">;
  /** @default {this tram} */
  readonly executable?: string | undefined;
  readonly guardArgs?: SshLinkParts["guardArgs"];
  /** Ports of this machine to which all shall have ways. @default {none} */
  readonly forwards?: readonly number[];
  readonly signal: AbortSignal;
}

/**
 * Links to machines, in their order. They share what they must not overdo: connections to one door,
 * and bringing the executable to one account.
 *
 * @throws {UsageError} when there is no executable to bring
 */
export async function sshLinks(
  context: Pick<RunContext, "clock" | "sshWorld">,
  { machines, flags, executable: path, guardArgs, forwards = [], signal }: SshLinksOptions,
): Promise<readonly HostLink[]> {
  const [connector, executable] = await Promise.all([
    openConnector(context, flags),
    openExecutable(context, path),
  ]);
  const { clock } = context;
  const uploads = new Mutex();
  return machines.map((machine) =>
    new SshLink({
      ...{ machine, connector, clock, executable, uploads, forwards, signal },
      ...guardArgs === undefined ? {} : { guardArgs },
    })
  );
}
