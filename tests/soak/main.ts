/**
 * All servers under steady load for a while, with clients that come and go, are killed and cut off:
 * memory, handles and latency have to stay flat, and nothing may be lost or doubled.
 *
 *   deno task soak [--minutes N] [--seed N] [--output FOLDER]
 *
 * Ends with 0 when all is well, 1 when something is not, 3 when the time was too short to tell. ^C ends
 * it in good order with the verdict so far, a second one at once. Linux only: it reads `/proc`.
 */
import { sleep } from "../../lib/clock/sleep.ts";
import { systemClock } from "../../lib/clock/system_clock.ts";
import { Random } from "../random.ts";
import { exitCodeOf, type Finding, judge } from "./judge.ts";
import { parseSoak, type SoakOptions } from "./parse_soak.ts";
import { SoakRecord } from "./soak_record.ts";
import { SoakWorld } from "./soak_world.ts";
import { windowLine } from "./window_line.ts";
import type { Window } from "./window.ts";
import { Watch } from "./watch.ts";

const WINDOW_S = 10;

/** Every such window nobody comes or goes; in short soaks more of them. */
const REST_EVERY = 6;

/** Signals that come within this time are one: a terminal and `deno task` both send it. */
const ONE_SIGNAL_MS = 1000;

/** Faults of one kind that are printed. */
const SHOWN = 5;

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/** Runs windows until the time is over, or `stop` aborts. */
async function soak(
  world: SoakWorld,
  record: SoakRecord,
  { minutes, seed }: SoakOptions,
  stop: AbortSignal,
): Promise<void> {
  const random = new Random(seed);
  const parts = Object.values(world.parts);
  const count = Math.ceil(minutes * 60 / WINDOW_S);
  const restEvery = Math.min(REST_EVERY, Math.max(2, Math.floor(count / 6)));
  const startMs = performance.now();
  const settle = () => Promise.all(parts.map((part) => part.settle()));
  const watch = new Watch(() => world.pids());
  for (let number = 0, isLast = false; !isLast && !stop.aborted; number++) {
    const leftS = minutes * 60 - (performance.now() - startMs) / 1000;
    isLast = leftS < 1.5 * WINDOW_S;
    const isAtRest = isLast || number % restEvery === restEvery - 1;
    if (isAtRest) await settle();
    watch.begin();
    for (let second = 0; second < WINDOW_S && !stop.aborted; second++) {
      await sleep(systemClock, 1000, stop).catch(() => {}); // it looks whether to stop
      if (world.fallen().length > 0) return;
      if (!isAtRest) { for (const part of parts) part.churn(random); }
      watch.look();
    }
    if (stop.aborted && !isAtRest) {
      await settle();
      watch.begin();
    }
    const window: Window = {
      number,
      atS: (performance.now() - startMs) / 1000,
      isAtRest: isAtRest || stop.aborted,
      ...watch.take(),
      heaps: world.heaps(),
      files: world.files(),
      latencies: Object.assign({}, ...parts.map((part) => part.latencies())),
      counts: Object.assign({}, ...parts.map(({ counts }) => counts)),
      load: Deno.loadavg()[0] ?? 0,
    };
    await record.add(window);
    print(windowLine(window));
  }
}

/** Ends clients, then servers, and looks at what is in the stores. */
async function finish(world: SoakWorld): Promise<Finding[]> {
  const fallen = world.fallen().map((name) => `the server of ${name} has ended by itself`);
  const parts = Object.entries(world.parts);
  const faults = new Map<string, string[]>();
  await Promise.all(parts.map(async ([name, part]) => {
    faults.set(name, await part.finish().catch((error) => [`could not end: ${error}`]));
  }));
  const servers = [...fallen, ...await world.stopServers(), ...world.complaints];
  for (const [name, part] of parts) {
    const found = await Promise.resolve().then(() => part.check()).catch((error) => [
      `cannot look at the store: ${error}`,
    ]);
    faults.get(name)?.push(...found);
  }
  const finding = (what: string, wrong: readonly string[]): Finding => {
    const more = wrong.length > SHOWN ? `; and ${wrong.length - SHOWN} more` : "";
    const text = wrong.length === 0 ? "yes" : wrong.slice(0, SHOWN).join("; ") + more;
    return { what, isMet: wrong.length === 0, text };
  };
  return [
    ...parts.map(([name]) => finding(`${name}: nothing lost or doubled`, faults.get(name) ?? [])),
    finding("servers: no complaint, orderly end", servers),
  ];
}

/** The whole. @returns the exit code */
async function main(options: SoakOptions): Promise<number> {
  const stop = new AbortController();
  let stoppedMs: number | undefined;
  let started: SoakWorld | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (stoppedMs !== undefined && now - stoppedMs > ONE_SIGNAL_MS) {
      started?.abandon();
      Deno.exit(130);
    }
    if (stoppedMs === undefined) print("ending; once more to end at once");
    stoppedMs ??= now;
    stop.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  const record = await SoakRecord.open(options.output, {
    date: new Date().toISOString().slice(0, 10),
    minutes: options.minutes,
    seed: options.seed,
    tram: Deno.env.get("TRAM_BIN") ? "the executable" : "from source",
    deno: Deno.version.deno,
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    cores: navigator.hardwareConcurrency,
  });
  print(`${options.minutes} minutes, seed ${options.seed}, output in ${options.output}`);
  await using world = started = await SoakWorld.start(options.seed);
  await soak(world, record, options, stop.signal);
  const findings = [...judge(record.windows), ...await finish(world)];
  const code = exitCodeOf(findings);
  await record.end(findings, code);
  print("");
  for (const { what, isMet, text } of findings) {
    print(`${isMet === undefined ? "unknown" : isMet ? "ok     " : "NOT MET"}  ${what}: ${text}`);
  }
  const counts = Object.entries(record.windows.at(-1)?.counts ?? {});
  print(`\nin all ${counts.map(([name, count]) => `${name} ${count}`).join(", ")}`);
  const met = findings.filter(({ isMet }) => isMet).length;
  print(`${met} of ${findings.length} hold; curves in ${options.output}/soak.svg`);
  return code;
}

/** @returns what was asked for; ends with 2 when that is wrong */
function optionsOf(args: readonly string[]): SoakOptions {
  try {
    return parseSoak(args, new Date());
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
}

if (import.meta.main) Deno.exit(await main(optionsOf(Deno.args)));
