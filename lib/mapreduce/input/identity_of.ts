import { createHash } from "node:crypto";
import type { FileIdentity } from "./input.ts";
import type { InputSource } from "./input_source.ts";
import { READ_BYTES, readExactly } from "./stored_window.ts";

/** Bytes at either end that are compared. */
const END_BYTES = 64 * 1024;

/** What {@linkcode identityOf} looks at. */
export interface IdentityOptions {
  /** All of it, not only both ends. @default {false} */
  readonly isWhole?: boolean;
  readonly signal?: AbortSignal;
}

/** What tells a file from another of the same size. @throws {InputError} when it cannot be read */
export async function identityOf(
  source: InputSource,
  { isWhole = false, signal }: IdentityOptions = {},
): Promise<FileIdentity> {
  const { size } = source;
  const length = Math.min(size, END_BYTES);
  const head = sha256(await readExactly(source, 0, length, signal));
  const tail = sha256(await readExactly(source, size - length, length, signal));
  if (!isWhole) return { kind: "hashes", head, tail };
  const hash = createHash("sha256");
  for (let at = 0; at < size; at += READ_BYTES) {
    hash.update(await readExactly(source, at, Math.min(READ_BYTES, size - at), signal));
  }
  return { kind: "hashes", head, tail, whole: hash.digest("hex") };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
