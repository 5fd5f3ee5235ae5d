import { StoreError, type StoreErrorCode } from "./store_error.ts";

/** Bytes that a disk must take to count as not full. */
const PROBE_BYTES = 64 * 1024;

const WHY: Readonly<Record<StoreErrorCode, string>> = {
  "full": "there is no room left",
  "read-only": "it cannot be written",
  "locked": "another program holds it",
  "newer": "a newer tram made it",
  "not-a-store": "it is no store of tram",
  "other": "",
};

/** What SQLite says, by its text: its codes are not told by all versions of Deno. */
const MESSAGES: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/database or disk is full/, "full"],
  [/readonly database/, "read-only"],
  [/is locked/, "locked"],
  [/not a database/, "not-a-store"],
];

/** What systems say. */
const SYSTEM_CODES: Readonly<Partial<Record<string, StoreErrorCode>>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read-only",
  EACCES: "read-only",
  EPERM: "read-only",
};

function systemCode(error: unknown): StoreErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Deno.errors.PermissionDenied) return "read-only";
  return SYSTEM_CODES[String("code" in error ? error.code : "")];
}

/** Says why nothing can be written next to `path`, by trying; `undefined` when it can. */
function probe(path: string): StoreErrorCode | undefined {
  const name = `${path}-probe`;
  try {
    using file = Deno.openSync(name, { write: true, create: true, truncate: true, mode: 0o600 });
    const bytes = new Uint8Array(PROBE_BYTES);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    return undefined;
  } catch (error) {
    return systemCode(error);
  } finally {
    try {
      Deno.removeSync(name);
    } catch {
      // it could not be made either
    }
  }
}

/**
 * Makes one clear error of whatever kept a store from being opened or written. SQLite calls many
 * things an "I/O error"; what it is then shows by trying to write something else.
 */
export function storeFailure(action: string, path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ?? systemCode(error) ??
    (/I\/O error|unable to open|failed to prepare/.test(text) ? probe(path) : undefined) ?? "other";
  const why = code === "other" ? text : `${WHY[code]} (${text})`;
  return new StoreError(code, `Cannot ${action} ${path}: ${why}`, { cause: error });
}
