import { safeText } from "../terminal/safe_text.ts";
import { LineError, LineErrorCode } from "./line_error.ts";

/** Most characters of a path or a message that an error repeats. */
const MAX_QUOTED_LENGTH = 100;

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

/** Schemas quote what they were given, and that is the peer's: short, and safe to print. */
function quoted(text: string): string {
  return safeText(text.slice(0, MAX_QUOTED_LENGTH));
}
