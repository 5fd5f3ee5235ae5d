/**
 * Clients of `collect` that take a sample every 10 ms, in one process.
 * Prints {"perSecond":…,"offsetUs":…,"boundUs":…,"outside":…}: samples that were acknowledged, the
 * median of how far the server says that a clock is off (it is its own), and of its bound, and how
 * many of these bounds do not hold.
 *
 *   collect_clients.ts PORT CLIENTS SECONDS
 */
import { systemClock } from "../../lib/clock/system_clock.ts";
import { ticks } from "../../lib/clock/schedule.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import { keepSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { print } from "../print.ts";
import { median } from "../report.ts";

const [port = 0, clients = 1, seconds = 1] = Deno.args.map(Number);
const INTERVAL_NS = 10e6;

/** Clients that connect in one go. */
const AT_ONCE = 50;

const stop = new AbortController();
const states: MemoryState<Sample>[] = [];
const senders: SampleSender[] = [];
for (let client = 0; client < clients; client++) {
  const state = new MemoryState<Sample>();
  const sender = new SampleSender(systemClock, state);
  const kept = keepSession({
    service: collectService,
    dial: { host: "127.0.0.1", port, clientId: `client-${client}`, tokenUse: "if-asked" },
    signal: stop.signal,
    state,
    handlersFor: (connection) => sender.handlersFor(connection),
    onReady: (connection) => sender.ready(connection, () => kept.wake()),
    send: (connection, outbox) => sender.send(connection, outbox),
  });
  kept.done.catch(() => {});
  states.push(state);
  senders.push(sender);
  if (client % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

const startMs = performance.now();
for await (const { index } of ticks(systemClock, { intervalNs: INTERVAL_NS })) {
  if (index * INTERVAL_NS >= seconds * 1e9) break;
  for (const sender of senders) sender.sample();
}
await Promise.all(senders.map((sender) => sender.settled()));
const elapsedMs = performance.now() - startMs;
const acknowledged = states.reduce((sum, { outbox }) => sum + outbox.acknowledgedSequence, 0);
const estimates = senders.flatMap(({ estimate }) => estimate ?? []);
print(JSON.stringify({
  perSecond: acknowledged / elapsedMs * 1000,
  offsetUs: median(estimates.map(({ offsetUs }) => Math.abs(offsetUs))),
  boundUs: median(estimates.map(({ boundUs }) => boundUs)),
  outside: estimates.filter(({ offsetUs, boundUs }) => Math.abs(offsetUs) > boundUs).length,
}));
Deno.exit(0);
