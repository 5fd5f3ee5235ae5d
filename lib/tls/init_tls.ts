import { configPath } from "../config/config_folder.ts";
import { ExitCode } from "../config/exit_code.ts";
import { UsageError } from "../config/usage_error.ts";
import type { RunContext } from "../context.ts";
import { safeJson } from "../terminal/safe_text.ts";
import { type CertifiedKey, newLeaf } from "../transport/tls/certificates.ts";
import { machineName } from "../transport/tls/machine_name.ts";
import { pemBlocks } from "../transport/tls/pem_blocks.ts";
import { readCertificate } from "../transport/tls/read_certificate.ts";
import { openAuthority } from "./open_authority.ts";
import { tlsAdvice } from "./tls_advice.ts";

/** Flags of `tram tls init`. */
export interface InitTlsFlags {
  /** @default {tls in the configuration folder} */
  readonly caDir?: string | undefined;
  readonly days: number;
  readonly force: boolean;
  /** Names of each machine; this one if there are none. */
  readonly machines: readonly (readonly string[])[];
  readonly json: boolean;
}

/** Names by which every machine dials itself. */
const OWN_NAMES = ["localhost", "127.0.0.1", "::1"];

/** What was made for a machine. */
export interface MadeLeaf {
  /** All names in its certificate. */
  readonly names: readonly string[];
  readonly certFile: string;
  readonly keyFile: string;
  /** Last moment at which it is valid. */
  readonly validUntil: string;
}

/** `tram tls init`: makes an authority, once, and a certificate for each machine. */
export async function initTls(context: RunContext, flags: InitTlsFlags): Promise<ExitCode> {
  const { files, clock, process: { stdout } } = context;
  const folder = folderFor(context, flags.caDir);
  const machines = flags.machines.length > 0 ? flags.machines : [[ownName(context)]];
  const plans = machines.map((names) => ({
    names: [...new Set([...names, ...OWN_NAMES])],
    base: folder + fileName(names[0] ?? ""),
  }));
  checkDifferent(plans.map(({ base }) => base));
  if (!flags.force) await checkFree(context, plans.map(({ base }) => base));
  const authority = await openAuthority(context, folder);
  const made: MadeLeaf[] = [];
  for (const { names, base } of plans) {
    const leaf = await newLeaf(authority, { names, days: flags.days, clock });
    const [certFile, keyFile] = [`${base}.pem`, `${base}.key`];
    const replaces = flags.force;
    const isNew = await files.writeNew(keyFile, leaf.keyPem, { isSecret: true, replaces }) &&
      await files.writeNew(certFile, leaf.certPem, { isSecret: false, replaces });
    if (!isNew) throw new UsageError(isThere(certFile)); // somebody else was quicker
    made.push({ names, certFile, keyFile, validUntil: endOf(leaf) });
  }
  const caFile = `${folder}ca.pem`;
  if (flags.json) {
    stdout.write(`${safeJson({ type: "authority", caFile, isNew: authority.isNew })}\n`);
    for (const leaf of made) stdout.write(`${safeJson({ type: "certificate", ...leaf })}\n`);
  } else stdout.write(tlsAdvice(caFile, authority.isNew, made));
  return ExitCode.Done;
}

/** The folder, with what separates it from a name. @throws {UsageError} */
function folderFor(context: RunContext, caDir: string | undefined): string {
  const folder = caDir ?? configPath(context, "tls");
  if (folder === undefined) {
    throw new UsageError(
      "Cannot find the configuration folder: give --ca-dir, or set HOME or TRAM_CONFIG_DIR",
    );
  }
  const separator = context.os === "windows" ? "\\" : "/";
  return /[\\/]$/.test(folder) ? folder : `${folder}${separator}`;
}

/** The name of this machine; not all of them can stand in a certificate. */
function ownName(context: RunContext): string {
  try {
    const name = machineName(context.hostName());
    return name === "ca" ? "localhost" : name;
  } catch {
    return "localhost";
  }
}

/** What the files of a machine are called; not all systems take colons. */
function fileName(name: string): string {
  return name.includes(":") ? `ip6-${name.replaceAll(":", "-")}` : name;
}

/** @throws {UsageError} when two machines would have the same files */
function checkDifferent(bases: readonly string[]): void {
  const twice = bases.find((base, at) => bases.indexOf(base) !== at);
  if (twice === undefined) return;
  throw new UsageError(
    `Cannot make ${twice}.pem twice: give all names of a machine at once, with commas`,
  );
}

/** @throws {UsageError} when a file is there that must not be replaced */
async function checkFree({ files }: RunContext, bases: readonly string[]): Promise<void> {
  for (const file of bases.flatMap((base) => [`${base}.pem`, `${base}.key`])) {
    if (await files.readText(file) !== undefined) throw new UsageError(isThere(file));
  }
}

function isThere(file: string): string {
  return `Cannot write ${file}: it is there already; --force replaces it`;
}

function endOf({ certPem }: CertifiedKey): string {
  const [block] = pemBlocks(certPem);
  const { notAfterMs } = readCertificate(block?.bytes ?? new Uint8Array());
  return new Date(notAfterMs).toISOString();
}
