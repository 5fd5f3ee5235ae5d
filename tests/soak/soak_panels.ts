import type { Panel } from "./chart.ts";
import { namesIn, type ProcessFigures, type Window } from "./window.ts";

/** What a soak draws: memory, heaps, handles, latency. */
export function soakPanels(windows: readonly Window[]): Panel[] {
  const processes = namesIn(windows, "processes");
  const services = namesIn(windows, "latencies");
  const of = (name: string, value: (figures: ProcessFigures) => number) =>
    windows.flatMap(({ atS, processes: { [name]: figures } }) =>
      figures === undefined ? [] : [[atS / 60, value(figures)] as const]
    );
  const took = (name: string, figure: "p50Ms" | "p99Ms") =>
    windows.flatMap(({ atS, latencies: { [name]: latency } }) =>
      latency === undefined ? [] : [[atS / 60, latency[figure]] as const]
    );
  return [
    {
      title: "Memory: least of each window, broken lines the most",
      unit: "MB resident",
      series: processes.flatMap((name, color) => [
        { name, color, points: of(name, ({ rssBytes }) => rssBytes / 1e6) },
        {
          name: `${name}, most`,
          color,
          isFaint: true,
          points: of(name, ({ mostRssBytes }) => mostRssBytes / 1e6),
        },
      ]),
    },
    {
      title: "Heap that is alive, after a collection of garbage",
      unit: "MB",
      series: namesIn(windows, "heaps").map((name) => ({
        name,
        color: processes.indexOf(name),
        points: windows.flatMap(({ atS, heaps: { [name]: bytes } }) =>
          bytes === undefined ? [] : [[atS / 60, bytes / 1e6] as const]
        ),
      })),
    },
    {
      title: "Open files and sockets",
      unit: "handles",
      series: processes.map((name, color) => ({
        name,
        color,
        points: of(name, ({ handles }) => handles),
      })),
    },
    {
      title: "Latency: median of each window, broken lines p99",
      unit: "ms",
      isLogarithmic: true,
      series: services.flatMap((name, color) => [
        { name, color, points: took(name, "p50Ms") },
        { name: `${name}, p99`, color, isFaint: true, points: took(name, "p99Ms") },
      ]),
    },
  ];
}
