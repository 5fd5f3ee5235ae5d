import { safeText } from "../terminal/safe_text.ts";
import { LineError, LineErrorCode } from "./line_error.ts";

/** Most characters of a path or a message that an error repeats. */
const MAX_QUOTED_LENGTH = 100;

/** Arrays and objects in one another that a message may have: several times what any has. */
const MAX_DEPTH = 64;

/** Characters of a message that cannot be deep enough to do harm. */
const SHALLOW_LENGTH = 64 * 1024;

/**
 * A schema of any library that follows Standard Schema (standardschema.dev): valibot, zod, arktype.
 * It must check synchronously.
 */
export interface Schema<T> {
  /** What the standard asks for. */
  readonly "~standard": {
    /** Checks a value. */
    validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>;
  };
}

/** What a {@linkcode Schema} says of a value. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where in the value. */
  readonly path?:
    | ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>
    | undefined;
}

/**
 * Parses and checks JSON that a peer sent.
 *
 * @throws {LineError} `bad-message`
 */
export function parseJson<T>(schema: Schema<T>, source: string, what: string): T {
  if (source.length > SHALLOW_LENGTH && isDeep(source)) {
    const message = `Cannot read ${what}: nested more than ${MAX_DEPTH} deep`;
    throw new LineError(LineErrorCode.BadMessage, message);
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new LineError(LineErrorCode.BadMessage, `Cannot read ${what}: not JSON`, { cause });
  }
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) throw new TypeError(`Cannot read ${what}: the schema is not sync`);
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  const path = issue?.path?.map((part) => String(typeof part === "object" ? part.key : part));
  const where = path === undefined || path.length === 0 ? "value" : path.join(".");
  throw new LineError(
    LineErrorCode.BadMessage,
    `Cannot read ${what}: ${quoted(where)}: ${quoted(issue?.message ?? "refused")}`,
  );
}

/**
 * Whether values lie in one another more than {@linkcode MAX_DEPTH} deep. Who parses megabytes of
 * opening brackets needs sixty times their memory, and seconds.
 */
function isDeep(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at++) {
    switch (source.charCodeAt(at)) {
      case 0x22: // a string: its brackets do not count
        while (++at < source.length && source.charCodeAt(at) !== 0x22) {
          if (source.charCodeAt(at) === 0x5c) at++;
        }
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > MAX_DEPTH) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
    }
  }
  return false;
}

/** Schemas quote what they were given, and that is the peer's: short, and safe to print. */
function quoted(text: string): string {
  return safeText(text.slice(0, MAX_QUOTED_LENGTH));
}
