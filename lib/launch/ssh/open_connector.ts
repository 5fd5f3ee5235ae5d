import type { RunContext } from "../../context.ts";
import { Connector } from "./connector.ts";
import type { SshFlags } from "./ssh_options.ts";

/** What reaches machines as the options say. One for all of a command: it keeps count of connections. */
export async function openConnector(
  { clock, sshWorld }: Pick<RunContext, "clock" | "sshWorld">,
  { ssh, sshConfig, sshOption = [], connectTimeout }: Omit<SshFlags, "exclude">,
): Promise<Connector> {
  return new Connector({
    ...{ clock, world: await sshWorld() },
    settings: {
      program: ssh,
      configFile: sshConfig,
      settings: sshOption,
      connectMs: connectTimeout,
    },
  });
}
