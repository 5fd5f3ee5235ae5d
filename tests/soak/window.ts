/** What a soak measures: one record for each window of time. Plain data, as `samples.ndjson` has it. */

/** A process in one window. */
export interface ProcessFigures {
  /** Least and most memory in RAM, in bytes: the least is what is not garbage. */
  readonly rssBytes: number;
  readonly mostRssBytes: number;
  /** Fewest open files and sockets. */
  readonly handles: number;
  /** Fewest threads. */
  readonly threads: number;
  /** Processor time per second. */
  readonly cores: number;
}

/** How long something took, in milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A stretch of time. */
export interface Window {
  /** From 0. */
  readonly number: number;
  /** Its end, in seconds since the start. */
  readonly atS: number;
  /** All clients were at their base level, and nobody came or went: its handles can be compared. */
  readonly isAtRest: boolean;
  /** By name: servers, and clients that stay for the whole time. */
  readonly processes: Readonly<Record<string, ProcessFigures>>;
  /** Bytes of the heap of a process that are alive, at its last look. */
  readonly heaps: Readonly<Record<string, number>>;
  /** Bytes of each store and its write-ahead log, at the end of the window. */
  readonly files: Readonly<Record<string, number>>;
  /** By service. */
  readonly latencies: Readonly<Record<string, Latency>>;
  /** What has happened since the start: lines said, clients that came, and so on. */
  readonly counts: Readonly<Record<string, number>>;
  /** Processor time per second of the whole soak, its clients and short-lived processes included. */
  readonly cores: number;
  /** Load average of the machine, which others may use too. */
  readonly load: number;
}

/** All names that occur in one of the records of windows, in the order of their coming. */
export function namesIn<K extends "processes" | "heaps" | "files" | "latencies" | "counts">(
  windows: readonly Window[],
  of: K,
): string[] {
  return [...new Set(windows.flatMap((window) => Object.keys(window[of])))];
}
