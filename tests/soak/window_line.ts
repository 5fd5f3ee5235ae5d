import type { Window } from "./window.ts";

/** A window as one line for a terminal: of each service memory, handles and median latency. */
export function windowLine({ atS, isAtRest, processes, latencies, cores, load }: Window): string {
  const seconds = Math.round(atS);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const services = ["timer", "collect", "chat", "relay"].map((name) => {
    const { rssBytes = NaN, handles = NaN } = processes[name] ?? {};
    const took = latencies[name]?.p50Ms.toFixed(1) ?? "-";
    return `${name} ${(rssBytes / 1e6).toFixed(0)} MB ${handles} h ${took} ms`;
  });
  return [
    `${clock.padStart(6)}${isAtRest ? " rest" : "     "}`,
    ...services,
    `${cores.toFixed(2)} cores, load ${load.toFixed(1)}`,
  ].join("  ");
}
