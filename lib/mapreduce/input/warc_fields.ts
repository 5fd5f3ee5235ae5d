/**
 * Named fields of a WARC record, taken apart when they are asked for: most jobs want none.
 *
 * Source: ISO 28500 (WARC 1.1), section 4 and annex A: names in any case, folded lines, UTF-8.
 */

const decoder = new TextDecoder();

/** Named fields of a WARC record. Valid as long as the body that they came with. */
export class WarcFields {
  readonly #head: Uint8Array;
  #values: Map<string, string> | undefined;

  /** @param head from `WARC/1.0` to the empty line */
  constructor(head: Uint8Array) {
    this.#head = head;
  }

  /** Value of the first field of this name, in whatever case. */
  get(name: string): string | undefined {
    return this.#all().get(name.toLowerCase());
  }

  /** All fields, names in lower case; the first of several of one name. */
  entries(): IterableIterator<[string, string]> {
    return this.#all().entries();
  }

  #all(): Map<string, string> {
    this.#values ??= firstOfEach(fieldLines(decoder.decode(this.#head)));
    return this.#values;
  }
}

/** Name in lower case and value of each field, in order; a line that is none has the name "". */
export function fieldLines(head: string): [string, string][] {
  const fields: [string, string][] = [];
  for (const line of head.split(/\r?\n/).slice(1)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(":");
    if (line === "") continue;
    const name = colon < 0 ? "" : line.slice(0, colon).trim().toLowerCase();
    fields.push([name, line.slice(colon + 1).trim()]);
  }
  return fields;
}

function firstOfEach(fields: readonly [string, string][]): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of fields) if (!values.has(name)) values.set(name, value);
  values.delete("");
  return values;
}
