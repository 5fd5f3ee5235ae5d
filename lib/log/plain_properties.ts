/**
 * Properties of a record as plain data that can always be written: no secrets, no cycles, nothing
 * without bounds. A log must never be what throws, and never what gives a token away.
 */
import { cutText } from "./cut_text.ts";

const SECRET = /(token|cookie|secret|proof|password)s?$/i;
const REDACTED = "[redacted]";

const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;
const MAX_VALUES = 200;
const MAX_CHARS = 2000;

/** Makes plain data of one record, up to a number of values in all. */
class Plainer {
  #left = MAX_VALUES;

  entries(from: object, depth: number): Record<string, unknown> {
    const to: Record<string, unknown> = Object.create(null);
    for (const name of Object.keys(from).slice(0, MAX_ENTRIES)) {
      to[cutText(name, 100)] = SECRET.test(name)
        ? REDACTED
        : this.#value(Reflect.get(from, name), depth);
    }
    return to;
  }

  #value(value: unknown, depth: number): unknown {
    if (this.#left-- <= 0) return "[more]";
    switch (typeof value) {
      case "string":
        return cutText(value, MAX_CHARS);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
      case "undefined":
        return value;
      case "bigint":
        return cutText(String(value), MAX_CHARS);
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        return `[${typeof value}]`;
    }
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Error) return cutText(`${value.name}: ${value.message}`, MAX_CHARS);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (depth >= MAX_DEPTH) return "[deeper]";
    if (!Array.isArray(value)) return this.entries(value, depth + 1);
    return value.slice(0, MAX_ENTRIES).map((item) => this.#value(item, depth + 1));
  }
}

/**
 * `properties` as plain data. What is named token, cookie, secret, proof or password, or ends so
 * (`sessionCookie`), becomes `[redacted]`, at any depth.
 */
export function plainProperties(
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  try {
    return new Plainer().entries(properties, 0);
  } catch {
    return { unreadable: true }; // a getter or a proxy that throws
  }
}
