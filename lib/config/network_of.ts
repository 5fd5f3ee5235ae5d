/** The encrypted network of a command that has TLS options. */
import type { TramContext } from "../context.ts";
import type { Logger } from "../log/log.ts";
import type { Network } from "../transport/network.ts";
import type { CommandTable } from "./command.ts";
import type { Options } from "./option.ts";
import { kebabName } from "./option_names.ts";
import { readTlsCa, readTlsCert, readTlsKey } from "./tls_files.ts";
import { UsageError } from "./usage_error.ts";

/** Files by the options that name them. */
type TlsFiles = Readonly<Partial<Record<"tlsCert" | "tlsKey" | "tlsCa", string>>>;

/** It dials its coordinator, and listens for other workers. */
const LISTENS_AND_DIALS = "mapreduce worker";

/** A certificate that ends so soon is worth a warning, in milliseconds. */
const SOON_MS = 7 * 24 * 3600 * 1000;

/** What {@linkcode networkOf} is given. */
export interface NetworkOptions {
  readonly table: CommandTable;
  /** Values of all options; at least one of TLS has one. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of the options that are on the command line itself. */
  readonly flags: { has(name: string): boolean };
  readonly log: Logger;
}

/**
 * The network for a command, at least one of whose TLS options has a value.
 *
 * @throws {UsageError} when an option is missing, or a file does not hold what it should
 */
export async function networkOf(
  context: TramContext,
  { table: { options, path }, values, flags: given, log }: NetworkOptions,
): Promise<Network> {
  const { tlsCert, tlsKey, tlsCa } = values as TlsFiles;
  const needed = neededNames(options, path.join(" "));
  const missing = needed.filter((name) => values[name] === undefined);
  if (missing.length === needed.length) {
    // An authority alone: for all tools by environment or file, or somebody believes in encryption.
    const why = "--tls-ca goes with --tls-cert and --tls-key here, and alone encrypts nothing";
    if (given.has("tlsCa")) throw new UsageError(`Cannot use --tls-ca alone: ${why}`);
    log.info(why);
    return context.network;
  }
  if (missing.length > 0) {
    const there = needed.filter((name) => !missing.includes(name));
    throw new UsageError(
      `Cannot use ${flags(there)} without ${flags(missing)}: tram ${path.join(" ")} wants ` +
        `${needed.length > 2 ? "all three" : "both"}, or none`,
    );
  }
  const { files, clock } = context;
  const cert = tlsCert === undefined ? undefined : await readTlsCert(files, tlsCert);
  if (cert !== undefined) warnOfEnd(log, tlsCert ?? "", cert, clock.wallUs() / 1000);
  return await context.tlsNetwork({
    certPem: cert?.pem,
    keyPem: tlsKey === undefined ? undefined : await readTlsKey(files, tlsKey),
    caPem: tlsCa === undefined ? undefined : await readTlsCa(files, tlsCa),
    caFile: tlsCa,
  });
}

/** What a command cannot do without. The authority is for the workers that `mapreduce run` starts. */
function neededNames(options: Options, command: string): readonly string[] {
  const toListen = Object.hasOwn(options, "tlsCert") ? ["tlsCert", "tlsKey"] : [];
  return toListen.length === 0 || command === LISTENS_AND_DIALS ? [...toListen, "tlsCa"] : toListen;
}

function flags(names: readonly string[]): string {
  return names.map((name) => `--${kebabName(name)}`).join(" and ");
}

/** Clients look at their own clocks, so this is no reason not to start. */
function warnOfEnd(
  log: Logger,
  file: string,
  { notBeforeMs, notAfterMs }: { readonly notBeforeMs: number; readonly notAfterMs: number },
  nowMs: number,
): void {
  const day = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
  if (nowMs > notAfterMs) {
    log.warn(`the certificate in ${file} was valid until ${day(notAfterMs)}: clients refuse it`);
  } else if (nowMs > notAfterMs - SOON_MS) {
    log.warn(`the certificate in ${file} is valid until ${day(notAfterMs)} only`);
  } else if (nowMs < notBeforeMs) {
    log.warn(`the certificate in ${file} is not valid before ${day(notBeforeMs)}`);
  }
}
