/** A client on a terminal: what happens goes by above, and one types below. */
import type { Clock, Timer } from "../../clock/clock.ts";
import type { Input, Output } from "../../context.ts";
import { Prompt } from "../../terminal/prompt.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { type Style, styleFor } from "../../terminal/style.ts";
import type { ChatClient } from "./chat_client.ts";
import type { ChatEvent } from "../chat_event.ts";
import { maxTypedBytes } from "./client_commands.ts";
import { completeInput } from "./complete_input.ts";
import { dateOf, timeOfDay } from "./local_time.ts";
import { renderEvent } from "./render_event.ts";
import { statusText } from "./status_text.ts";
import type { Talk } from "./talk.ts";

/** How often the status is made anew, in milliseconds. */
const STATUS_EVERY_MS = 500;

/** How many times it is between two measurements of the round trip. */
const MEASURE_EVERY = 20;

/** What a {@linkcode TerminalView} works with. */
export interface TerminalViewOptions {
  readonly clock: Clock;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly client: () => ChatClient;
  readonly talk: () => Talk;
  /** ^C. */
  readonly onInterrupt: () => void;
  /** ^D, or the end of the input. */
  readonly onEnd: () => void;
  /** What is in a folder, as `FileAccess` says it. */
  readonly namesIn: (folder: string) => readonly string[];
  /** Files that are under way, in few words; empty when there are none. */
  readonly filesText?: (() => string) | undefined;
}

/** The terminal of a client. */
export class TerminalView implements Disposable {
  /** Rejects when the input cannot be read. */
  readonly done: Promise<void>;
  readonly #options: TerminalViewOptions;
  readonly #prompt: Prompt;
  readonly #style: Style;
  readonly #unread = new Map<string, number>();
  /** Rooms whose members were shown. */
  readonly #entered = new Set<string>();
  #me = "";
  #lost = "";
  #day: string;
  #renamed = "";
  #status = "";
  #label = "";
  #rounds = 0;
  #timer: Timer | undefined;

  /** Begins to take keys. */
  constructor(options: TerminalViewOptions) {
    this.#options = options;
    const { clock, stdin, stdout, client, talk, onInterrupt, onEnd, namesIn } = options;
    this.#style = styleFor(stdout);
    this.#day = dateOf(clock.wallUs());
    this.#prompt = new Prompt({
      stdin,
      output: stdout,
      clock,
      onLine: (line) => void talk().type(line).finally(() => this.refresh()),
      complete: (text, cursor) => {
        const { book, joined } = client();
        return completeInput(text, cursor, { nicks: book.nicks(), rooms: joined.all, namesIn });
      },
      onInterrupt,
      onEnd,
      maxLineBytes: maxTypedBytes,
    });
    this.done = this.#prompt.done;
  }

  /** Begins to show the status. When client and talk are there. */
  start(): void {
    this.refresh();
    if (++this.#rounds % MEASURE_EVERY === 0) this.#options.client().measure();
    this.#timer = this.#options.clock.after(STATUS_EVERY_MS, () => this.start());
  }

  /** Shows an event. */
  show(event: ChatEvent): void {
    if (!this.#isWorthShowing(event)) return;
    const { clock, client } = this.#options;
    const { where } = this.#options.talk();
    const nowUs = clock.wallUs();
    const lines = renderEvent(event, {
      columns: this.#prompt.columns,
      style: this.#style,
      me: this.#me,
      where,
      timeOf: timeOfDay,
      dayOf: dateOf,
      nowUs,
      isTerminal: true,
      isConnected: client().isConnected,
    });
    if (event.type === "line") {
      const day = dateOf(event.timeUs);
      if (day !== this.#day) lines.unshift(this.#style.dim(`-- ${day} --`));
      this.#day = day;
      if (event.where !== where && !event.isOwn) {
        this.#unread.set(event.where, (this.#unread.get(event.where) ?? 0) + 1);
      }
    }
    if (event.type === "you") this.#me = event.nick;
    if (lines.length > 0) this.#prompt.write(`${lines.join("\n")}\n`);
    this.refresh();
  }

  /** Shows that one is somewhere else now: lines from there say no place. */
  placed(where: string): void {
    if (where !== "") this.#prompt.write(`${this.#style.dim(`-- ${safeText(where)} --`)}\n`);
    this.refresh();
  }

  /** Shows the status and the label as they are now, if they have changed. */
  refresh(): void {
    const { clock, client: getClient, talk, filesText } = this.#options;
    const client = getClient();
    const { where } = talk();
    this.#unread.delete(where);
    const { trouble, you } = client;
    const status = statusText({
      where,
      nick: you?.nick ?? "",
      here: where.startsWith("#") ? client.book.find(where)?.memberCount : undefined,
      roundTripNs: client.roundTripNs,
      trouble: trouble && {
        code: trouble.code,
        retryMs: trouble.retryAtNs === undefined
          ? undefined
          : Math.max(0, trouble.retryAtNs - clock.monotonicNs()) / 1e6,
      },
      isConnecting: !client.isConnected,
      waiting: client.waiting,
      unread: this.#unread,
      files: filesText?.() ?? "",
    }, this.#style);
    if (status !== this.#status) this.#prompt.setStatus(status);
    this.#status = status;
    const label = `${safeText(where)}> `;
    if (label !== this.#label) this.#prompt.setLabel(this.#style.bold(label));
    this.#label = label;
  }

  /** The terminal is as before. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#prompt[Symbol.dispose]();
  }

  /** Leaves out what was said already. */
  #isWorthShowing(event: ChatEvent): boolean {
    switch (event.type) {
      case "disconnected": {
        const isNew = event.code !== this.#lost;
        this.#lost = event.code;
        if (!isNew) this.refresh();
        return isNew;
      }
      case "connected":
        this.#lost = "";
        return true;
      case "room": {
        const isNew = !this.#entered.has(event.room);
        this.#entered.add(event.room);
        return isNew;
      }
      case "presence": {
        if (event.what !== "renamed") return true;
        const change = JSON.stringify([event.author, event.was, event.nick]);
        const isNew = change !== this.#renamed; // it comes once for each room
        this.#renamed = change;
        return isNew && event.nick !== this.#me;
      }
      default:
        return true;
    }
  }
}
