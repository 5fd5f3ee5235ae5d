import * as v from "valibot";
import { sleep } from "../../../clock/sleep.ts";
import { ExitCode } from "../../../config/exit_code.ts";
import type { RunContext } from "../../../context.ts";
import { safeJson } from "../../../terminal/safe_text.ts";
import type { RoomProcess } from "../../guard/process_room.ts";
import { LineSplitter } from "../../line_splitter.ts";

/** Flags of `tram launch bot`. */
export interface BotFlags {
  readonly host: string;
  readonly port: number;
  readonly nick: string;
  /** How many there are; each waits for all others before it talks. */
  readonly bots: number;
  /** Between two lines, in milliseconds. */
  readonly interval: number;
  /** How long to talk, in milliseconds. */
  readonly duration: number;
  readonly json: boolean;
}

/** How long to wait for others: to come, and for their last lines; in milliseconds. */
const COME_MS = 30_000;
const LAST_MS = 10_000;

/** What a bot looks at of what `chat join --json` says. */
const eventSchema = v.variant("type", [
  v.object({ type: v.literal("line"), nick: v.string(), text: v.string() }),
]);

/** What a bot says first and last. */
const HELLO = "hello";
const BYE = "bye";

/** `tram launch bot`: a client of chat that talks for a while, and counts what it sees. */
export async function bot(context: RunContext, flags: BotFlags): Promise<ExitCode> {
  const { clock, process: { stdout }, signal } = context;
  const { host, port, nick, bots, interval, duration, json } = flags;
  const { room } = await context.launchHost();
  const join = room.spawn({
    program: null,
    args: [
      ...["chat", "join", "--json", "--no-state", "--room", "lobby", "--last", "500"],
      ...["--nick", nick, "--host", host, "--port", String(port), "--log-level", "error"],
    ],
    env: {},
    cwd: undefined,
    hasInput: true,
  });
  const stop = () => room.signalGroup(join.pid, "SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const seen = new Seen(nick);
  const reading = Promise.all([read(join, seen), pass(join, context)]);
  let said = 0;
  const say = async (text: string) => {
    said++;
    await join.write(new TextEncoder().encode(`${text}\n`)).catch(() => {});
  };
  let code: number | undefined;
  const ended = join.ended.then((end) => {
    code = end.code;
    seen.wake();
  });
  const isOver = () => code !== undefined;
  await say(HELLO);
  await seen.until(() => seen.greeters.size >= bots || isOver(), clock, COME_MS);
  const endNs = clock.monotonicNs() + duration * 1e6;
  for (let line = 1; clock.monotonicNs() < endNs && !isOver(); line++) {
    await say(`line ${line} of ${nick}`);
    await Promise.race([sleep(clock, interval), ended]);
  }
  await say(BYE);
  await seen.until(() => seen.leavers.size >= bots || isOver(), clock, LAST_MS);
  await join.endInput();
  await ended;
  await reading;
  signal.removeEventListener("abort", stop);
  const figures = { nick, said, seen: seen.lines, from: seen.people.size };
  stdout.write(
    json
      ? `${safeJson({ type: "bot", ...figures })}\n`
      : `said ${said} lines, saw ${seen.lines}, by ${seen.people.size} bots\n`,
  );
  if (signal.aborted) return ExitCode.Interrupted;
  if (code !== 0) return ExitCode.Failed;
  return seen.leavers.size >= bots ? ExitCode.Done : ExitCode.Partial;
}

/** What a bot has seen. */
class Seen {
  lines = 0;
  readonly people = new Set<string>();
  readonly greeters = new Set<string>();
  readonly leavers = new Set<string>();
  wake: () => void = () => {};

  constructor(readonly nick: string) {}

  add({ nick, text }: { readonly nick: string; readonly text: string }): void {
    this.lines++;
    this.people.add(nick);
    if (text === HELLO) this.greeters.add(nick);
    if (text === BYE) this.leavers.add(nick);
    this.wake();
  }

  /** Waits until `isDone`, but not for ever. */
  async until(isDone: () => boolean, clock: RunContext["clock"], limitMs: number): Promise<void> {
    let isLate = false;
    const timer = clock.after(limitMs, () => {
      isLate = true;
      this.wake();
    });
    while (!isDone() && !isLate) await new Promise<void>((resolve) => this.wake = resolve);
    timer.cancel();
  }
}

async function read({ output }: RoomProcess, seen: Seen): Promise<void> {
  const splitter = new LineSplitter();
  for await (const bytes of output) {
    for (const line of splitter.push(bytes)) {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        continue; // no event
      }
      const event = v.safeParse(eventSchema, value);
      if (event.success) seen.add(event.output);
    }
  }
}

/** Says what it says. */
async function pass({ errors }: RoomProcess, { process: { stderr } }: RunContext): Promise<void> {
  const splitter = new LineSplitter();
  for await (const bytes of errors) {
    for (const line of splitter.push(bytes)) stderr.write(`${line}\n`);
  }
}
