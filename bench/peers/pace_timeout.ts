/**
 * How late requests are when `setTimeout` alone paces them, each planned from the start of the run.
 * Prints {"p50Us":…,"p99Us":…}.
 *
 *   pace_timeout.ts RATE COUNT
 */
import { print } from "../print.ts";

const [rate, count] = Deno.args.map(Number) as [number, number];
const latenessMs = new Float64Array(count);
const startMs = performance.now();
let next = 0;

function wake(): void {
  for (; next < count; next++) {
    const plannedMs = startMs + next / rate * 1000;
    const nowMs = performance.now();
    if (plannedMs > nowMs) return void setTimeout(wake, plannedMs - nowMs);
    latenessMs[next] = nowMs - plannedMs;
  }
  const sorted = latenessMs.toSorted();
  const atUs = (percent: number) => (sorted[Math.ceil(count * percent / 100) - 1] ?? NaN) * 1000;
  print(JSON.stringify({ p50Us: atUs(50), p99Us: atUs(99) }));
  Deno.exit(0);
}

wake();
