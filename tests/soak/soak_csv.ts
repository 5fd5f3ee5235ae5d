import { namesIn, type Window } from "./window.ts";

/** Windows as a table for spreadsheets: one line each, a column for each figure of each name. */
export function soakCsv(windows: readonly Window[]): string {
  const columns: [string, (window: Window) => number | undefined][] = [
    ["window", ({ number }) => number],
    ["at_s", ({ atS }) => atS],
    ["at_rest", ({ isAtRest }) => Number(isAtRest)],
    ["cores", ({ cores }) => cores],
    ["load", ({ load }) => load],
  ];
  for (const name of namesIn(windows, "processes")) {
    for (const figure of ["rssBytes", "mostRssBytes", "handles", "threads", "cores"] as const) {
      columns.push([`${name} ${figure}`, ({ processes }) => processes[name]?.[figure]]);
    }
  }
  for (const name of namesIn(windows, "latencies")) {
    for (const figure of ["count", "p50Ms", "p99Ms", "maxMs"] as const) {
      columns.push([`${name} ${figure}`, ({ latencies }) => latencies[name]?.[figure]]);
    }
  }
  for (const name of namesIn(windows, "heaps")) {
    columns.push([`${name} heapBytes`, ({ heaps }) => heaps[name]]);
  }
  for (const name of namesIn(windows, "files")) {
    columns.push([`${name} bytes`, ({ files }) => files[name]]);
  }
  for (const name of namesIn(windows, "counts")) {
    columns.push([name, ({ counts }) => counts[name]]);
  }
  const head = columns.map(([title]) => quoted(title));
  const rows = windows.map((window) => columns.map(([, of]) => written(of(window))));
  return [head, ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

function written(value: number | undefined): string {
  if (value === undefined) return "";
  return String(Number.isInteger(value) ? value : Number(value.toFixed(4)));
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
