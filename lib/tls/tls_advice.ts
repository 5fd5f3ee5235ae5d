import { formatAddress } from "../transport/network.ts";
import type { MadeLeaf } from "./init_tls.ts";

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** What was made, and what to do with it. */
export function tlsAdvice(caFile: string, isNew: boolean, made: readonly MadeLeaf[]): string {
  const [first] = made;
  if (first === undefined) return "";
  const [host = ""] = first.names;
  return [
    `${isNew ? "made the authority" : "used the authority"} ${caFile}`,
    ...made.map(({ names, certFile, validUntil }) =>
      `made ${certFile} and its key for ${names.join(", ")} (until ${validUntil.slice(0, 10)})`
    ),
    "",
    `Give each machine its own .pem and .key, and everybody ${caFile}. Then, for example:`,
    `  tram collect serve --host ${anyAddress(host)} --tls-cert ${quoted(first.certFile)} ` +
    `--tls-key ${quoted(first.keyFile)}`,
    `  tram collect send --host ${formatHost(host)} --tls-ca ${quoted(caFile)}`,
    "ca.key stays here: whoever has it can pass for any of these machines",
    "",
  ].join("\n");
}

function anyAddress(host: string): string {
  return host === "localhost" ? "127.0.0.1" : host.includes(":") ? "::" : "0.0.0.0";
}

/** A host without a port. */
function formatHost(host: string): string {
  return formatAddress({ host, port: 0 }).replace(/:0$/, "");
}
