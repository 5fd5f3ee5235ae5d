/** A bench's outcome as text. */
import type { Machine } from "./machine.ts";
import { formatTable } from "./print.ts";
import { type BenchReport, type Measurement, median, type Verdict } from "./report.ts";

/** Where the numbers come from, in one line. */
export function showMachine(machine: Machine): string {
  const { date, cores, cpu, kernel, deno, v8 } = machine;
  return `${date}: ${cores} cores ${cpu}, ${kernel}, Deno ${deno} (V8 ${v8})`;
}

/** Tables of the numbers and of the targets. */
export function showReport({ bench, question, measurements, verdicts }: BenchReport): string {
  const details = [...new Set(measurements.flatMap((m) => Object.keys(m.details)))];
  const unit = measurements[0]?.unit ?? "";
  const numbers = formatTable(
    ["row", "contestant", unit, "least", "most", "runs", ...details],
    measurements.map((measurement) => numbersOf(measurement, details)),
  );
  const targets = formatTable(
    ["row", "tram against", "measured", "target", "met"],
    verdicts.map(targetOf),
  );
  return `${bench}: ${question}\n\n${numbers}\n\n${targets}\n`;
}

/** One table of all targets of all benches: what tram did, what the other did, and whether it is enough. */
export function showTargets(reports: readonly BenchReport[]): string {
  const rows = reports.flatMap(({ bench, measurements, verdicts }) =>
    verdicts.map((verdict) => {
      const [row = "", against = "", measured = "", target = "", met = ""] = targetOf(verdict);
      const of = (contestant: string) => {
        const found = measurements.find((m) => m.row === row && m.contestant === contestant);
        if (found === undefined || found.samples.length === 0) return "-";
        return `${digits(median(found.samples))} ${found.unit}`;
      };
      const { contestant } = verdict;
      const other = `${against} ${of(against)}`;
      return [bench, row, `${contestant} ${of(contestant)}`, other, measured, target, met];
    })
  );
  const heads = ["bench", "row", "measured", "against", "ratio", "target", "met"];
  return `${formatTable(heads, rows)}\n`;
}

function numbersOf(measurement: Measurement, details: readonly string[]): string[] {
  const { row, contestant, samples, note } = measurement;
  if (samples.length === 0) return [row, `${contestant} (${note ?? "not here"})`];
  return [
    row,
    contestant,
    digits(median(samples)),
    digits(Math.min(...samples)),
    digits(Math.max(...samples)),
    `${samples.length}`,
    ...details.map((name) => digits(measurement.details[name] ?? NaN)),
  ];
}

function targetOf({ row, against, value, limit, sense, relation, isMet }: Verdict): string[] {
  const show = (number: number) => relation === "times" ? `${digits(number)} x` : digits(number);
  const wanted = `${sense} ${show(limit)}`;
  if (value === undefined) return [row, against, "not here", wanted, "-"];
  return [row, against, show(value), wanted, isMet ? "yes" : "NO"];
}

/** Three digits. */
function digits(value: number): string {
  if (Number.isNaN(value)) return "-";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
