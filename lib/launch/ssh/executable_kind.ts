/**
 * What an executable is for, by its first bytes: ELF (System V ABI, chapter 4), Mach-O
 * (mach-o/loader.h), PE (Microsoft's specification), or a script.
 */

/** What an executable is for; `undefined` where that cannot be told, and anything may be right. */
export interface ExecutableKind {
  /** As `uname -s` says it, in lower case; `unix` for a script. */
  readonly os: "linux" | "darwin" | "windows" | "unix" | undefined;
  /** `x86_64` or `aarch64`. */
  readonly arch: string | undefined;
}

const ELF_MACHINES: Readonly<Record<number, string>> = { 62: "x86_64", 183: "aarch64" };
const MACH_CPUS: Readonly<Record<number, string>> = { 0x1000007: "x86_64", 0x100000c: "aarch64" };

/** @param head the first bytes of the file, 20 or more */
export function executableKind(head: Uint8Array): ExecutableKind {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head[0] === 0x23 && head[1] === 0x21) return { os: "unix", arch: undefined };
  if (head[0] === 0x4d && head[1] === 0x5a) return { os: "windows", arch: undefined };
  if (head.length < 20) return { os: undefined, arch: undefined };
  if (view.getUint32(0) === 0x7f454c46) {
    return { os: "linux", arch: ELF_MACHINES[view.getUint16(18, true)] };
  }
  if (view.getUint32(0, true) === 0xfeedfacf) {
    return { os: "darwin", arch: MACH_CPUS[view.getUint32(4, true)] };
  }
  return { os: undefined, arch: undefined };
}

/** `arm64` is `aarch64`, `amd64` is `x86_64`. */
export function archOf(machine: string): string {
  const names: Readonly<Record<string, string>> = { arm64: "aarch64", amd64: "x86_64" };
  return Object.hasOwn(names, machine) ? names[machine] ?? machine : machine;
}

/** Whether an executable can be for a machine, by what `uname` says there. */
export function fits({ os, arch }: ExecutableKind, there: { os: string; arch: string }): boolean {
  const isOs = os === undefined || os === "unix" || os === there.os.toLowerCase();
  return isOs && (arch === undefined || arch === archOf(there.arch));
}
