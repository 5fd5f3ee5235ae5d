/** What a program says to Hadoop's streaming contract on standard error. */
export type Reported =
  | {
    readonly type: "counter";
    readonly group: string;
    readonly counter: string;
    readonly n: number;
  }
  | { readonly type: "status"; readonly text: string };

/**
 * Reads `reporter:counter:GROUP,COUNTER,N` and `reporter:status:TEXT`; other lines are `undefined`. The
 * counter's name may hold commas, the group's may not.
 *
 * Source: Hadoop Streaming, "How do I update counters in streaming applications?".
 */
export function reporterLine(line: string): Reported | undefined {
  const [, text] = /^reporter:status:(.*)$/.exec(line) ?? [];
  if (text !== undefined) return { type: "status", text };
  const [, group, counter, digits] = /^reporter:counter:([^,]*),(.*),\s*(-?\d+)\s*$/.exec(line) ??
    [];
  if (group === undefined || counter === undefined) return undefined;
  const n = Number(digits);
  return Number.isSafeInteger(n) ? { type: "counter", group, counter, n } : undefined;
}
