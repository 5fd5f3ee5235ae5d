/**
 * Clients of `collect` that send as fast as they are acknowledged, all different times.
 * Prints {"perSecond":…}: samples that were committed and acknowledged.
 *
 *   collect_load.ts PORT CLIENTS SECONDS
 */
import { systemClock } from "../../lib/clock/system_clock.ts";
import { collectService } from "../../lib/collect/protocol.ts";
import { type Sample, SampleSender } from "../../lib/collect/sample_sender.ts";
import { keepSession } from "../../lib/transport/session/keep_session.ts";
import { MemoryState } from "../../lib/transport/session/session_state.ts";
import { print } from "../print.ts";

const [port = 0, clients = 1, seconds = 1] = Deno.args.map(Number);
const WARM_MS = 1000;

/** Samples that wait in each client: enough that it never runs dry. */
const WAITING = 40_000;

const stop = new AbortController();
const states: MemoryState<Sample>[] = [];
const done: Promise<unknown>[] = [];
for (let client = 0; client < clients; client++) {
  const state = new MemoryState<Sample>({ maxEntries: 2 * WAITING });
  const sender = new SampleSender(systemClock, state);
  const kept = keepSession({
    service: collectService,
    dial: { host: "127.0.0.1", port, clientId: `load-${client}`, tokenUse: "if-asked" },
    signal: stop.signal,
    state,
    handlersFor: (connection) => sender.handlersFor(connection),
    onReady: (connection) => sender.ready(connection, () => kept.wake()),
    send: (connection, outbox) => sender.send(connection, outbox),
  });
  states.push(state);
  done.push(kept.done.catch(() => {}));
}

const times = states.map(() => 1_700_000_000_000_000);
function fill(): void {
  for (const [client, state] of states.entries()) {
    while (state.outbox.size < WAITING) {
      state.add({ timeUs: times[client] = (times[client] ?? 0) + 1, clientSteps: 0 });
    }
  }
}

const acknowledged = () => states.reduce((sum, { outbox }) => sum + outbox.acknowledgedSequence, 0);
const filling = setInterval(fill, 5);
fill();
await new Promise((resolve) => setTimeout(resolve, WARM_MS));
const [before, startMs] = [acknowledged(), performance.now()];
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const perSecond = (acknowledged() - before) / (performance.now() - startMs) * 1000;
clearInterval(filling);
print(JSON.stringify({ perSecond }));
stop.abort();
Deno.exit(0);
