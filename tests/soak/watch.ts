import { childrenOf, type ProcFigures, procFigures } from "./proc_figures.ts";
import type { ProcessFigures } from "./window.ts";

/** Looks at processes once in a while, and says what was in each window. */
export class Watch {
  readonly #pids: () => Readonly<Record<string, number>>;
  #seen = new Map<string, ProcFigures[]>();
  /** Processor time at the start of the window, and of all together. */
  #before = new Map<string, number>();
  #allBeforeS: number;
  #atMs = performance.now();

  /** @param pids the processes to look at, by name */
  constructor(pids: () => Readonly<Record<string, number>>) {
    this.#pids = pids;
    this.#allBeforeS = allCpuS();
    this.look();
    for (const [name, [first]] of this.#seen) this.#before.set(name, first?.cpuS ?? 0);
  }

  /** Looks. */
  look(): void {
    for (const [name, pid] of Object.entries(this.#pids())) {
      const figures = procFigures(pid);
      if (figures === undefined) continue;
      const seen = this.#seen.get(name);
      if (seen === undefined) this.#seen.set(name, [figures]);
      else seen.push(figures);
    }
  }

  /** Forgets what was seen, but not the processor time: only what comes now is of interest. */
  begin(): void {
    this.#seen = new Map();
    this.look();
  }

  /** What was seen since `begin`, and since the last call processor time per second of this process and all below. */
  take(): { readonly processes: Record<string, ProcessFigures>; readonly cores: number } {
    this.look();
    const now = performance.now();
    const lengthS = (now - this.#atMs) / 1000;
    const processes: Record<string, ProcessFigures> = {};
    for (const [name, seen] of this.#seen) {
      const cpuS = seen.at(-1)?.cpuS ?? 0;
      const rss = seen.map(({ rssBytes }) => rssBytes);
      processes[name] = {
        rssBytes: Math.min(...rss),
        mostRssBytes: Math.max(...rss),
        handles: Math.min(...seen.map(({ handles }) => handles)),
        threads: Math.min(...seen.map(({ threads }) => threads)),
        cores: (cpuS - (this.#before.get(name) ?? 0)) / lengthS,
      };
      this.#before.set(name, cpuS);
    }
    const allS = allCpuS();
    const cores = (allS - this.#allBeforeS) / lengthS;
    [this.#allBeforeS, this.#atMs, this.#seen] = [allS, now, new Map()];
    return { processes, cores };
  }
}

/** Processor time of a process, and of all that it has started, so far. */
function allCpuS(pid = Deno.pid): number {
  const { cpuS = 0, endedCpuS = 0 } = procFigures(pid) ?? {};
  return childrenOf(pid).reduce((sum, child) => sum + allCpuS(child), cpuS + endedCpuS);
}
