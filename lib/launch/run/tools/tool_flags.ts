/** What `launch collect`, `timer`, `chat` and `mapreduce` have in common. */
import {
  parseCount,
  parseDurationMs,
  parsePort,
  parseTimeoutMs,
} from "../../../config/parse_flags.ts";
import { isLoopback } from "../../../transport/network.ts";
import { type Readiness, type RolePlan, rolePlan } from "../launch_plan.ts";

/** The line by which all servers of tram say that they are ready, as text or as JSON. */
export const LISTENING: Readiness = {
  type: "log",
  pattern: /listening(?: on \S+:|".*"port":)(?<port>\d+)/,
  timeoutMs: 20_000,
};

/** How many clients may be started at once: a typing error should not take the machine down. */
const MAX_CLIENTS = 500;

/** A value that is passed on as it was typed, once `check` has seen it. */
export function asTyped(check: (text: string) => unknown): (text: string) => string {
  return (text) => {
    check(text);
    return text;
  };
}

/** Text without control characters. @throws {SyntaxError} */
export function parsePlain(text: string): string {
  if (/^\P{Cc}+$/u.test(text)) return text;
  throw new SyntaxError(`wanted text without control characters, got "${text}"`);
}

/** A number of clients. @throws {SyntaxError} */
export function parseClients(text: string): number {
  const count = parseCount(text);
  if (count <= MAX_CLIENTS) return count;
  throw new SyntaxError(`wanted at most ${MAX_CLIENTS}, got ${text}`);
}

/** Checks of values that are passed on. */
export const typedDuration = asTyped((text) => parseTimeoutMs(text));
/** A duration whose bare number counts milliseconds. */
export const typedInterval = asTyped((text) => parseDurationMs(text, "ms"));
/** A port, 0 too. */
export const typedPort = asTyped(parsePort);

/**
 * `--name value` for each value that was given, `--name` for switches that are on. A value that
 * begins with `-` would be taken for an option behind a blank.
 */
export function passOn(
  flags: Readonly<Record<string, string | number | boolean | undefined>>,
): readonly string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    const text = String(value);
    return text.startsWith("-") ? [`${flag}=${text}`] : [flag, text];
  });
}

/** Where a server listens: for others, too, when its clients are elsewhere and dial back. */
export function listenHost(
  { host, machines, tunnel = false }: {
    readonly host: string;
    readonly machines?: string | undefined;
    readonly tunnel?: boolean | undefined;
  },
): string {
  return machines !== undefined && !tunnel && isLoopback(host) ? "0.0.0.0" : host;
}

/** Addresses that stand for all of a machine's own. */
const EVERYWHERE = ["0.0.0.0", "::", "[::]"];

/** Where the clients of a server find it. @param role name of the server's role */
export function dialHost(
  role: string,
  { host, machines }: { readonly host: string; readonly machines?: string | undefined },
): string {
  return machines !== undefined || EVERYWHERE.includes(host) ? `{${role}.host}` : host;
}

/**
 * The name or address by which other machines reach a server here: what was said, else its own when it
 * listens on one address alone; `undefined`: by the name of this machine.
 */
export function advertisedHost(
  { host, advertise }: { readonly host: string; readonly advertise?: string | undefined },
): string | undefined {
  return advertise ?? (isLoopback(host) || EVERYWHERE.includes(host) ? undefined : host);
}

/** A role that runs tram. */
export function tramRole(
  name: string,
  args: readonly string[],
  rest: Partial<RolePlan> = {},
): RolePlan {
  return rolePlan({ name, run: { program: null, args }, ...rest });
}
