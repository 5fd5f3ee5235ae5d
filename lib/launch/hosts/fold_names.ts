/** Names that differ in the last number alone: what stands around it, and the numbers. */
interface Group {
  readonly before: string;
  readonly after: string;
  /** With their zeros. */
  readonly numbers: Set<string>;
}

/**
 * Names in short: `node[01-03,07],gateway`. Names are ordered by what stands before their number, and
 * then by it. `expandRanges` gives the same names again, each once.
 */
export function foldNames(names: Iterable<string>): string {
  const groups = new Map<string, Group>();
  const plain = new Set<string>();
  for (const name of names) {
    // The number is the last one of the host, not that of a port; an IPv6 address stays as it is.
    const match = /^([^[\]]*?)(\d{1,9})([^\d[\]:]*(?::\d+)?)$/.exec(name);
    if (match === null) {
      plain.add(name);
      continue;
    }
    const [, before = "", number = "", after = ""] = match;
    // Numbers with zeros before them are a group with those of their length alone.
    const width = number.startsWith("0") && number.length > 1 ? number.length : 0;
    const key = JSON.stringify([before, after, width]);
    const group = groups.get(key) ?? { before, after, numbers: new Set() };
    group.numbers.add(number);
    groups.set(key, group);
  }
  mergeWidths(groups);
  const folded = [...groups.values()].map((group) => `${group.before}${folding(group)}`);
  return [...folded, ...plain].sort().join(",");
}

/** `08` and `09` with `10` are one range: numbers without zeros join those of their length. */
function mergeWidths(groups: Map<string, Group>): void {
  for (const { before, after, numbers } of [...groups.values()]) {
    const [first = ""] = numbers;
    if (!first.startsWith("0") || first.length < 2) continue;
    const plain = groups.get(JSON.stringify([before, after, 0]));
    for (const number of plain?.numbers ?? []) {
      if (number.length !== first.length) continue;
      plain?.numbers.delete(number);
      numbers.add(number);
    }
  }
  for (const [key, { numbers }] of groups) if (numbers.size === 0) groups.delete(key);
}

function folding({ numbers, after }: Group): string {
  const sorted = [...numbers].sort((a, b) => Number(a) - Number(b));
  if (sorted.length === 1) return `${sorted[0]}${after}`;
  const ranges: [string, string][] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && Number(number) === Number(last[1]) + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([from, to]) => from === to ? from : `${from}-${to}`);
  return `[${texts.join(",")}]${after}`;
}
