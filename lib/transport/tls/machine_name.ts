/** Whether `text` is an IP address, as {@linkcode machineName} gives them. */
export function isIpAddress(text: string): boolean {
  return text.includes(":") || /^\d+(\.\d+){3}$/.test(text);
}

const LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

/**
 * A DNS name or an IP address as certificates have it: in small letters, other scripts as Punycode,
 * addresses as RFC 5952 has them.
 *
 * @throws {SyntaxError} when `text` is neither
 */
export function machineName(text: string): string {
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  const wrong = new SyntaxError(
    `wanted a DNS name or an IP address of a machine, such as lab-1 or 192.0.2.7, got "${text}"`,
  );
  if (/[/?#@\s\\%*]/.test(bare) || bare === "") throw wrong;
  let name: string;
  try {
    name = new URL(`http://${bare.includes(":") ? `[${bare}]` : bare}/`).hostname;
  } catch {
    throw wrong;
  }
  if (name.startsWith("[")) return name.slice(1, -1);
  const isAddress = isIpAddress(name);
  // URLs take 127.1 and 0x7f for 127.0.0.1, which no certificate does.
  if (isAddress ? name !== bare : name.length > 253 || !DNS_NAME.test(name)) throw wrong;
  return name;
}
