/** Where a connection to a machine really goes. */
export interface SshDestination {
  /** The ssh server that takes the connection, the same for all names of it: `192.0.2.7:22`. */
  readonly door: string;
  /** The account over there, the same for all names of it: `ada@192.0.2.7:22`. */
  readonly account: string;
}

/**
 * Reads what `ssh -G` prints: lines of a name in lower case and a value. Behind another machine
 * (`ProxyJump`, `ProxyCommand`), that one takes the connections.
 */
export function parseDestination(output: string): SshDestination {
  const values = new Map<string, string>();
  for (const line of output.split("\n")) {
    const at = line.indexOf(" ");
    if (at > 0 && !values.has(line.slice(0, at))) {
      values.set(line.slice(0, at), line.slice(at + 1).trim());
    }
  }
  const server = `${values.get("hostname") ?? ""}:${values.get("port") ?? ""}`;
  const before = [values.get("proxyjump"), values.get("proxycommand")]
    .find((value) => value !== undefined && value !== "" && value !== "none");
  const account = `${values.get("user") ?? ""}@${server}`;
  return {
    door: before === undefined ? server : `by way of ${before}`,
    account: before === undefined ? account : `${account} by way of ${before}`,
  };
}
