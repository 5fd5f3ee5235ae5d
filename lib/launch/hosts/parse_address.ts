import type { Machine } from "./machine.ts";

/** Whom to log in as, where: a machine without what its line says besides. */
export type MachineAddress = Pick<Machine, "name" | "host" | "user" | "port">;

const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}\$?$/;
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/;
const IPV6 = /^[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,32})?$/;

/**
 * `[user@]host[:port]`; an IPv6 address stands in brackets. Nothing gets through that ssh could take
 * for an option, or a shell for anything.
 *
 * @throws {SyntaxError} that says what would be right
 */
export function parseAddress(name: string): MachineAddress {
  const at = name.lastIndexOf("@");
  const user = at < 0 ? undefined : name.slice(0, at);
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(name.slice(at + 1));
  const [, ipv6, plain, portText] = match ?? [];
  const host = ipv6 ?? plain ?? "";
  if (name.startsWith("-") || host.startsWith("-") || user?.startsWith("-")) {
    throw new SyntaxError(`wanted the name of a machine, got "${name}", which begins with "-"`);
  }
  if (user !== undefined && !USER.test(user)) {
    throw new SyntaxError(`wanted the name of a user before "@", got "${name}"`);
  }
  if (match === null || !(ipv6 === undefined ? HOST.test(host) : isIpv6(host))) {
    const hint = /^[0-9A-Fa-f:]+:[0-9A-Fa-f:.]*$/.test(name.slice(at + 1))
      ? "; an IPv6 address stands in brackets"
      : "";
    throw new SyntaxError(`wanted [user@]host[:port], got "${name}"${hint}`);
  }
  const port = portText === undefined ? undefined : Number(portText);
  if (port === 0 || (port ?? 0) > 65_535) {
    throw new SyntaxError(`wanted a port from 1 to 65535, got "${name}"`);
  }
  return { name, host, user, port };
}

function isIpv6(text: string): boolean {
  return IPV6.test(text) && text.includes(":");
}
