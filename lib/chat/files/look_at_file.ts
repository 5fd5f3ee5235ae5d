// @ts-types="../../types/std_hex.d.ts"
import { encodeHex } from "@std/encoding/hex";
import type { FileAccess } from "./file_access.ts";
import type { SentFile } from "./outgoing_file.ts";

/** A file as it is to be offered, with a new key. @throws {Error} one line: it cannot be read */
export async function lookAtFile(files: FileAccess, given: string, to: string): Promise<SentFile> {
  const path = files.absolute(given);
  using file = await files.openToRead(path);
  const { size, mtimeMs } = await file.info();
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const key = encodeHex(crypto.getRandomValues(new Uint8Array(16)));
  return { key, path, to, name, size, mtimeMs, nicks: [] };
}
