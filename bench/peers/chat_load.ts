/**
 * Members of one room in one process, some of whom speak as fast as all hear them.
 * Prints {"perSecond":…,"serverCores":…,"clientCores":…}: lines that were delivered to members, and
 * processor time per second of the server and of this process (null where there is no /proc).
 *
 *   chat_load.ts PEER PORT MEMBERS SENDERS SECONDS SERVER_PID
 */
import process from "node:process";
import { print } from "../print.ts";
import { type ChatMember, LINE_TEXT } from "./chat_peer.ts";
import { chatPeer } from "./chat_peers.ts";
import { cpuSeconds } from "./proc.ts";

const [name, ...numbers] = Deno.args;
const [port = 0, members = 1, senders = 1, seconds = 1, serverPid = 0] = numbers.map(Number);
const WARM_MS = 1000;
const STALL_MS = 10_000;

/** Lines that are said and not heard by all: enough that the server never waits for them. */
const WINDOW = 1000;

const peer = chatPeer(name);
const speakers: ChatMember[] = [];
const fan = peer.isEchoed ? members : members - 1;
let heard = 0;
let said = 0;

/** Says what all together may say beyond what they have heard. */
function speak(): void {
  const allowed = WINDOW + Math.floor(heard / fan);
  if (allowed - said < WINDOW / 10) return; // a few at a time, or each would be a write of its own
  for (; said < allowed; said++) (speakers[said % senders] as ChatMember).say(LINE_TEXT);
}

let isSpeaking = false;
for (let member = 0; member < members; member++) {
  const joined = await peer.join(port, `member${member}`, (count) => {
    if (!isSpeaking) return; // the coming of others
    heard += count;
    speak();
  });
  if (member < senders) speakers.push(joined);
}
await new Promise((resolve) => setTimeout(resolve, 300));
isSpeaking = true;
speak();
await new Promise((resolve) => setTimeout(resolve, WARM_MS));

const [before, startMs] = [heard, performance.now()];
const [serverCpu, clientCpu] = [cpuSeconds(serverPid), cpuSeconds(process.pid)];
let last = heard;
const watch = setInterval(() => {
  if (heard === last) {
    throw new Error(`Cannot go on: nothing is heard any more after ${heard} lines`);
  }
  last = heard;
}, STALL_MS);
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const elapsed = (performance.now() - startMs) / 1000;
clearInterval(watch);
print(JSON.stringify({
  perSecond: (heard - before) / elapsed,
  serverCores: (cpuSeconds(serverPid) - serverCpu) / elapsed,
  clientCores: (cpuSeconds(process.pid) - clientCpu) / elapsed,
}));
Deno.exit(0);
