/** Whether what was measured is flat. */
import { fitSlope, type Slope } from "./fit_slope.ts";
import { namesIn, type ProcessFigures, type Window } from "./window.ts";

/** What a soak holds its windows against. */
const SOAK_LIMITS = {
  /** Most that the floor of a process's memory may rise, in millions of bytes per hour. */
  memoryPerHour: 30,
  /** The same of what is alive in its heap, where there is no noise of garbage. */
  heapPerHour: 10,
  /** Most that the median latency of the last fifth may be, times that of the second fifth. */
  latencyTimes: 2,
  /** Largest write-ahead log, in millions of bytes: where our stores cut theirs, and one commit. */
  walMegabytes: 72,
} as const;

/** Part of the time that is warm-up: code gets hot, pools fill. */
const WARM_UP = 1 / 5;

/** Least warm-up of memory, in seconds: SQLite's cache of 32 MiB fills for minutes. */
const MEMORY_WARM_UP_S = 300;

/**
 * What can tell a trend, in seconds after that warm-up: memory in RAM grows in steps and saw teeth of
 * minutes; what is alive in a heap does not.
 */
const MEMORY_SPAN_S = 600;
const HEAP_SPAN_S = 180;

/** About as many points, or more, is the floor of memory made of; each of a few windows. */
const FLOOR_POINTS = 10;
const MOST_IN_A_POINT = 6;

/** Fewer cannot tell whether latency grows. */
const FEWEST_WINDOWS = 10;

/** Fewer looks at rest cannot tell whether threads become more. */
const FEWEST_RESTS = 6;

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  /** `undefined`: cannot be told, because there is too little of it. */
  readonly isMet: boolean | undefined;
  /** Figures, and what they had to be. */
  readonly text: string;
}

/** Holds windows against {@linkcode SOAK_LIMITS}. */
export function judge(windows: readonly Window[]): Finding[] {
  const warm = windows.slice(Math.floor(windows.length * WARM_UP));
  const processes = namesIn(warm, "processes");
  return [
    ...processes.map((name) =>
      judgeGrowth(
        `memory of ${name}`,
        warm,
        ({ processes }) => processes[name]?.rssBytes,
        SOAK_LIMITS.memoryPerHour,
        MEMORY_SPAN_S,
      )
    ),
    ...namesIn(warm, "heaps").map((name) =>
      judgeGrowth(
        `heap of ${name}`,
        warm,
        ({ heaps }) => heaps[name],
        SOAK_LIMITS.heapPerHour,
        HEAP_SPAN_S,
      )
    ),
    ...processes.map((name) => judgeHandles(name, warm)),
    ...processes.filter(isTram).map((name) => judgeThreads(name, warm)),
    ...namesIn(windows, "latencies").map((name) => judgeLatency(name, windows)),
    ...namesIn(windows, "files").filter((name) => name.endsWith("-wal"))
      .map((name) => judgeWal(name, windows)),
  ];
}

/** The exit code: 0 all is well, 1 something is not, 3 something cannot be told. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 3 {
  if (findings.some(({ isMet }) => isMet === false)) return 1;
  return findings.every(({ isMet }) => isMet === true) ? 0 : 3;
}

/**
 * Garbage makes saw teeth of memory, and what stays is under them: the line goes through the least of
 * each few windows. A runtime also takes memory in steps, once; a leak goes on all the time. So there
 * is a leak when the line is too steep by more than two standard errors, and is so in both halves, too.
 *
 * @param bytesOf what is looked at of a window
 * @param limit most that it may grow, in millions of bytes per hour
 * @param spanS least time that can tell, in seconds
 */
function judgeGrowth(
  what: string,
  windows: readonly Window[],
  bytesOf: (window: Window) => number | undefined,
  limit: number,
  spanS: number,
): Finding {
  const points = floorOf(windows.filter(({ atS }) => atS > MEMORY_WARM_UP_S), bytesOf);
  const half = points.length / 2;
  const fits = [points, points.slice(0, Math.ceil(half)), points.slice(Math.floor(half))]
    .map(fitSlope);
  const [whole, least] = [fits[0], leastOf(fits)];
  const ofS = (windows.at(-1)?.atS ?? 0) - Math.max(MEMORY_WARM_UP_S, windows[0]?.atS ?? 0);
  if (ofS < spanS || whole === undefined || least === undefined) {
    const [wanted, warmUp] = [spanS / 60, MEMORY_WARM_UP_S / 60];
    const text = `wanted ${wanted} minutes after a warm-up of ${warmUp}`;
    return { what, isMet: undefined, text };
  }
  // Below the limit, and surely below twice the limit.
  const isFlat = fits.some((fit) =>
    fit !== undefined && fit.slope <= limit && fit.slope + 2 * fit.error <= 2 * limit
  );
  const isSteep = least.slope > limit && whole.slope - 2 * whole.error > limit;
  const text = `${perHour(whole)}, in the flatter part ${perHour(least)}, at most ${limit}; from ` +
    `${(points[0]?.[1] ?? 0).toFixed(1)} to ${(points.at(-1)?.[1] ?? 0).toFixed(1)} MB`;
  return { what, isMet: isSteep ? false : isFlat ? true : undefined, text };
}

/** What was there without garbage: hours, and millions of bytes. */
function floorOf(
  windows: readonly Window[],
  bytesOf: (window: Window) => number | undefined,
): [number, number][] {
  const size = Math.max(1, Math.min(MOST_IN_A_POINT, Math.floor(windows.length / FLOOR_POINTS)));
  const points: [number, number][] = [];
  for (let from = 0; from + size <= windows.length; from += size) {
    const [least] = windows.slice(from, from + size).flatMap((window) => {
      const bytes = bytesOf(window);
      return bytes === undefined ? [] : [[window.atS / 3600, bytes / 1e6] as const];
    }).sort(([, a], [, b]) => a - b);
    if (least !== undefined) points.push([...least]);
  }
  return points;
}

function leastOf(fits: readonly (Slope | undefined)[]): Slope | undefined {
  return fits.filter((fit) => fit !== undefined).sort((a, b) => a.slope - b.slope)[0];
}

function perHour({ slope, error }: Slope): string {
  return `${slope < 0 ? "-" : "+"}${Math.abs(slope).toFixed(1)} ± ${(2 * error).toFixed(1)} MB/h`;
}

function judgeHandles(name: string, warm: readonly Window[]): Finding {
  const what = `handles of ${name}`;
  const rests = figuresAtRest(name, warm).map(({ handles }) => handles);
  const [first, last] = [rests[0], rests.at(-1)];
  if (rests.length < 2) return { what, isMet: undefined, text: "too few windows at rest" };
  const text = `${first} at first, ${last} at last, of ${rests.length} times at rest`;
  return { what, isMet: first === last, text };
}

/** Whether it is tram itself; who makes the load reads files with as many threads as it likes. */
function isTram(name: string): boolean {
  return !name.endsWith(" client");
}

/** Threads of a pool come and go by themselves: only the fewest of many looks tell that some stay. */
function judgeThreads(name: string, warm: readonly Window[]): Finding {
  const what = `threads of ${name}`;
  const rests = figuresAtRest(name, warm).map(({ threads }) => threads);
  if (rests.length < FEWEST_RESTS) {
    return { what, isMet: undefined, text: "too few windows at rest" };
  }
  const third = Math.ceil(rests.length / 3);
  const first = median(rests.slice(0, third)) ?? NaN;
  const last = Math.min(...rests.slice(-third));
  const text = `${first} in the first third, at least ${last} in the last`;
  return { what, isMet: last <= first + 1, text };
}

function judgeLatency(name: string, windows: readonly Window[]): Finding {
  const what = `latency of ${name}`;
  const fifth = (number: number) => {
    const at = (part: number) => Math.floor(windows.length * part / 5);
    return windows.slice(at(number), at(number + 1));
  };
  const latencyIn = (number: number) =>
    median(fifth(number).flatMap(({ latencies }) => latencies[name]?.p50Ms ?? []));
  const loadIn = (number: number) => median(fifth(number).map(({ load }) => load)) ?? NaN;
  const [early, late] = [latencyIn(1), latencyIn(4)];
  if (windows.length < FEWEST_WINDOWS || early === undefined || late === undefined) {
    return { what, isMet: undefined, text: "too few windows" };
  }
  const { latencyTimes: limit } = SOAK_LIMITS;
  const times = late / early;
  const text = `median ${early.toFixed(2)} ms in the second fifth, ${late.toFixed(2)} ms in the ` +
    `last: ${times.toFixed(2)} times, at most ${limit} (load average of the machine ` +
    `${loadIn(1).toFixed(1)} and ${loadIn(4).toFixed(1)})`;
  return { what, isMet: times <= limit, text };
}

function judgeWal(name: string, windows: readonly Window[]): Finding {
  const most = Math.max(...windows.map(({ files }) => files[name] ?? 0)) / 1e6;
  const { walMegabytes: limit } = SOAK_LIMITS;
  const text = `at most ${most.toFixed(1)} MB, may be ${limit}`;
  return { what: `size of ${name}`, isMet: most <= limit, text };
}

function figuresAtRest(name: string, windows: readonly Window[]): ProcessFigures[] {
  return windows.flatMap(({ isAtRest, processes }) => isAtRest ? processes[name] ?? [] : []);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
