/**
 * Two members, one of whom says a line every few milliseconds, whatever has become of those before.
 * Prints {"p50Us":…,"p99Us":…}: from the saying of a line to its coming to the other member.
 *
 *   chat_latency.ts PEER PORT SECONDS
 */
import { print } from "../print.ts";
import { LINE_TEXT } from "./chat_peer.ts";
import { chatPeer } from "./chat_peers.ts";

const [name, ...numbers] = Deno.args;
const [port = 0, seconds = 1] = numbers.map(Number);
const INTERVAL_MS = 4;
const WARM_LINES = 100;
const LATE_MS = 10_000;

const peer = chatPeer(name);
const saidMs: number[] = [];
const tookMs: number[] = [];
let isSpeaking = false;
const speaker = await peer.join(port, "speaker", () => {});
await peer.join(port, "listener", (count) => {
  if (!isSpeaking) return;
  const nowMs = performance.now();
  for (let line = 0; line < count; line++) tookMs.push(nowMs - (saidMs[tookMs.length] ?? NaN));
});
await new Promise((resolve) => setTimeout(resolve, 300));
isSpeaking = true;
const speaking = setInterval(() => {
  saidMs.push(performance.now());
  speaker.say(LINE_TEXT);
}, INTERVAL_MS);
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
clearInterval(speaking);
const untilMs = performance.now() + LATE_MS;
while (tookMs.length < saidMs.length) {
  if (performance.now() > untilMs) {
    throw new Error(`Cannot find ${saidMs.length - tookMs.length} of ${saidMs.length} lines`);
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const sorted = tookMs.slice(WARM_LINES).sort((a, b) => a - b);
const us = (percent: number) => (sorted[Math.ceil(sorted.length * percent / 100) - 1] ?? NaN) * 1e3;
print(JSON.stringify({ p50Us: us(50), p99Us: us(99) }));
Deno.exit(0);
