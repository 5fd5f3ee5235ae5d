/** Options that many commands have. */
import { parseHost, parsePath, parsePort, parseRemotePort } from "./parse_flags.ts";

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
export const host = <const B extends string>(brief: B) => ({
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

/** Options of a command that others connect to. */
export const tlsListenOptions = {
  tlsCert: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Encrypt, and show this certificate (PEM, see tram tls init)",
    completes: "file",
    common: true,
  },
  tlsKey: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Key of that certificate (PEM); nobody else may read it",
    completes: "file",
    common: true,
  },
} as const;

/** Options of a command that connects. */
export const tlsDialOptions = {
  tlsCa: {
    kind: "value",
    parse: parsePath,
    placeholder: "FILE",
    brief: "Encrypt, and trust servers whose certificates are from this authority (PEM)",
    completes: "file",
    common: true,
  },
} as const;

/** Options of a command that does both. */
export const tlsOptions = { ...tlsListenOptions, ...tlsDialOptions } as const;
