import { isLoopback, type Network } from "../transport/network.ts";
import type { Token } from "../transport/token.ts";
import type { Logger } from "./log.ts";

/** Warns of what others on the way to a server that is not for this machine alone can do. */
export function warnOfExposure(
  log: Logger,
  { host, tokens, network }: {
    readonly host: string;
    /** Who may come in; everybody if there are none. */
    readonly tokens: readonly Token[] | undefined;
    readonly network: Network;
  },
): void {
  if (isLoopback(host)) return;
  const dangers = [
    ...tokens === undefined ? ["everybody may come in"] : [],
    ...network.isEncrypted ? [] : ["what follows the handshake is not encrypted"],
  ];
  if (dangers.length > 0) log.warn(dangers.join(", and "));
}
