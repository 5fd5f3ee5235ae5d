/**
 * Options that many commands have: each stands here once, so that it has the same name, values and
 * words wherever it is.
 */
import { logOptions } from "./log_options.ts";
import {
  parseCount,
  parseHost,
  parsePath,
  parsePort,
  parseRemotePort,
  parseTimeoutMs,
} from "./parse_flags.ts";

/** `--json`. */
export const json = {
  kind: "switch",
  brief: "Print JSON, one object per line",
  common: true,
} as const;

/** `--token-file`. */
export const tokenFile = {
  kind: "value",
  parse: parsePath,
  placeholder: "FILE",
  brief: "File with the token (default: TRAM_TOKEN, else your own)",
  completes: "file",
  common: true,
} as const;

/** `--host`: this machine unless somebody says otherwise. */
export const host = (brief: string) => ({
  kind: "value",
  parse: parseHost,
  default: "127.0.0.1",
  placeholder: "HOST",
  brief,
  common: true,
} as const);

/** `--port` of a server. */
export const listenPort = (port: number) => ({
  kind: "value",
  parse: parsePort,
  default: String(port),
  placeholder: "PORT",
  brief: "Port to listen on; 0 lets the system choose",
} as const);

/** `--port` of a client. */
export const dialPort = (port: number) => ({
  kind: "value",
  parse: parseRemotePort,
  default: String(port),
  placeholder: "PORT",
  brief: "Its port",
} as const);

/** A duration above 0 whose bare number counts seconds. */
export const duration = (brief: string) =>
  ({ kind: "value", parse: parseTimeoutMs, placeholder: "DURATION", brief }) as const;

/** `--timeout` of a command that waits for others. */
export const timeout = (brief: string, usual = "5s") =>
  ({ ...duration(`${brief}; a bare number is seconds`), default: usual }) as const;

/** `--max-clients` of a server. */
export const maxClients = (usual: number) => ({
  kind: "value",
  parse: parseCount,
  default: String(usual),
  placeholder: "N",
  brief: 'How many clients may be here at once; one more is told "full"',
} as const);

/** `--store`, where nothing is said of what happens without it. */
export const storeFile = {
  kind: "value",
  parse: parsePath,
  placeholder: "FILE",
  completes: "file",
} as const;

/** `--store` of a server. */
export const store = (usual: string) => ({
  ...storeFile,
  default: usual,
  brief: "File of the store; :memory: keeps nothing",
} as const);

/** A file of TLS options; `none` takes back what the environment or a file says. */
function parsePemPath(text: string): string | undefined {
  return text === "none" ? undefined : parsePath(text);
}

const pemFile = (brief: string) => ({
  kind: "value",
  parse: parsePemPath,
  placeholder: "FILE",
  brief,
  completes: "file",
  common: true,
} as const);

/** Options of a command that others connect to. */
const tlsListenOptions = {
  tlsCert: pemFile(
    "Encrypt, and show this certificate (PEM, see tram tls init); none: whatever a file says, do not",
  ),
  tlsKey: pemFile("Key of that certificate (PEM); nobody else may read it"),
} as const;

/** Options of a command that connects. */
export const tlsDialOptions = {
  tlsCa: pemFile(
    "Encrypt, and trust servers whose certificates are from this authority (PEM); none: whatever a " +
      "file says, do not",
  ),
} as const;

/** Who may come to a server, and what they see of it. @param insecureBrief what `--insecure` does */
export const listenAccess = (insecureBrief: string) => ({
  ...tlsListenOptions,
  tokenFile,
  insecure: { kind: "switch", brief: insecureBrief },
} as const);

/** How a client and its server prove themselves to each other. */
export const dialAccess = {
  ...tlsDialOptions,
  tokenFile,
  insecure: { kind: "switch", brief: "Go on with a server that does not prove itself" },
} as const;

/** How a command tells what it does. */
export const outputOptions = { json, ...logOptions } as const;
