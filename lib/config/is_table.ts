/** Keys and values. */
export type Table = Readonly<Record<string, unknown>>;

/** Whether a value out of a configuration file is a table. Dates and lists are objects too. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}
