/** What attacks cost, as a table in Markdown. */
import type { AttackRow } from "./attack.ts";

const HEAD = [
  "service",
  "attack",
  "the attacker is told",
  "server CPU",
  "peak memory",
  "honest p50",
  "p99",
  "max",
];

/** The table. */
export function tableOf(rows: readonly AttackRow[]): string {
  const lines = [HEAD, HEAD.map(() => "---"), ...rows.map(cells)];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function cells(row: AttackRow): string[] {
  const { service, title, latencies: { p50Ms, p99Ms, mostMs } } = row;
  const cpu = `${row.processorS.toFixed(2)} s in ${row.wallS.toFixed(1)} s`;
  const memory = `${(row.peakBytes / 1e6).toFixed(0)} MB`;
  const times = [p50Ms, p99Ms, mostMs].map((ms) => `${ms.toFixed(1)} ms`);
  return [service, title, reasonsOf(row), cpu, memory, ...times];
}

function reasonsOf({ reasons }: AttackRow): string {
  const all = [...reasons].sort((a, b) => b[1] - a[1]);
  const text = ([code, count]: [string, number]) => `${code === "" ? "hung up on" : code} ${count}`;
  return all.length === 0 ? "" : all.map(text).join(", ");
}
