/** A client without a terminal: lines in, lines or JSON out. */
import type { Clock } from "../../clock/clock.ts";
import type { Input, Output } from "../../context.ts";
import { readLines } from "../../terminal/read_lines.ts";
import { PLAIN_STYLE } from "../../terminal/style.ts";
import { MAX_LINE_BYTES } from "../limits.ts";
import type { ChatClient } from "./chat_client.ts";
import type { ChatEvent } from "../chat_event.ts";
import { MAX_TYPED_COMMAND_BYTES } from "./client_commands.ts";
import { eventJson } from "./event_json.ts";
import { dateOf, timeOfDay } from "./local_time.ts";
import { renderEvent } from "./render_event.ts";
import type { Talk } from "./talk.ts";

/** Lines that may wait before more are read. */
const MAX_WAITING = 500;

/** What people read here; the rest is about the line, or went wrong. */
const FOR_STDOUT: ReadonlySet<string> = new Set(["line", "reply", "message", "state", "local"]);

/** What a {@linkcode PlainView} works with. */
export interface PlainViewOptions {
  readonly clock: Clock;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
}

/** Shows events, and reads lines. */
export class PlainView {
  readonly #options: PlainViewOptions;
  #me = "";
  #lost = "";

  constructor(options: PlainViewOptions) {
    this.#options = options;
  }

  /** Writes an event, as JSON, or as text if it says something to people. */
  show(event: ChatEvent): void {
    const { clock, stdout, stderr, json } = this.#options;
    if (json) return stdout.write(`${eventJson(event)}\n`);
    if (event.type === "disconnected") {
      if (event.code === this.#lost) return; // each try says the same
      this.#lost = event.code;
    }
    if (event.type === "connected") this.#lost = "";
    const lines = renderEvent(event, {
      columns: undefined,
      style: PLAIN_STYLE,
      me: this.#me,
      timeOf: timeOfDay,
      dayOf: dateOf,
      nowUs: clock.wallUs(),
      isTerminal: false,
      isConnected: true,
    });
    if (event.type === "you") this.#me = event.nick;
    const isForStdout = FOR_STDOUT.has(event.type) && !(event.type === "local" && event.isError);
    const output = isForStdout ? stdout : stderr;
    if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
  }

  /** Takes lines until the end of the input, no faster than they can be kept. */
  async read(client: ChatClient, talk: Talk, signal: AbortSignal): Promise<void> {
    const typing = new Set<Promise<void>>();
    let isCut = false;
    const onCut = (number: number) => {
      isCut = true;
      talk.refused++;
      client.tell([
        `Cannot send line ${number} of the input: it is longer than ${MAX_LINE_BYTES} bytes`,
      ], true);
    };
    const maxLineBytes = MAX_TYPED_COMMAND_BYTES; // a command may stand before the line
    for await (const line of readLines(this.#options.stdin, signal, { maxLineBytes, onCut })) {
      const isWhole = !isCut;
      isCut = false;
      if (!isWhole || line === "") continue;
      const typed = talk.type(line).finally(() => typing.delete(typed));
      typing.add(typed);
      await client.hasRoom(MAX_WAITING);
      if (signal.aborted) break;
    }
    await Promise.all(typing);
  }
}
