/** `tram chat join --json` as a program uses it: says lines, sends files, is killed and comes back. */
import type { LineTally } from "./line_tally.ts";
import type { Program, Programs } from "./program.ts";

/** An event of `chat join --json`, as far as it is looked at. */
interface BotEvent {
  readonly type: string;
  readonly room?: string;
  readonly id?: number;
  readonly where?: string;
  readonly text?: string;
  readonly isMaybeSeen?: boolean;
  readonly direction?: "in" | "out";
  readonly state?: string;
  readonly name?: string;
  readonly path?: string;
  readonly sha256?: string;
  readonly code?: string;
  readonly message?: string;
}

/** What a {@linkcode ChatBot} is. */
interface ChatBotOptions {
  readonly port: number;
  readonly nick: string;
  readonly room: string;
  /** Where it runs; files that come go to a folder with its name. */
  readonly folder: string;
  readonly programs: Programs;
  readonly tally: LineTally;
  /** Told that a file is there. */
  readonly onFile: (bot: ChatBot, file: { name: string; path: string; sha256: string }) => void;
}

/** A bot over all its processes. */
export class ChatBot {
  readonly nick: string;
  readonly faults: string[] = [];
  /** How often it was ended and started anew: files on their way may have been interrupted. */
  deaths = 0;
  isReady = false;
  readonly #options: ChatBotOptions;
  #program: Program | undefined;
  #last: number | undefined;
  #isEnding = false;
  #waiting = 0;
  #typed = 0;

  /** Nobody yet. */
  constructor(options: ChatBotOptions) {
    this.#options = options;
    this.nick = options.nick;
    options.tally.add(this.nick, "safe");
  }

  /** Its process. */
  get pid(): number | undefined {
    return this.#program?.pid;
  }

  /** Last id that came of its room. */
  get last(): number {
    return this.#last ?? 0;
  }

  /** Whether all that it typed is with the server. */
  get isSettled(): boolean {
    return this.#typed === 0 && this.#waiting === 0;
  }

  /** Starts it. */
  come(): void {
    const { port, nick, room, folder, programs } = this.#options;
    const who = ["--nick", nick, "--profile", nick, "--room", room.slice(1), "--last", "0"];
    const how = ["--json", "--accept", "--downloads", `${folder}/${nick}`, "--log-level", "warn"];
    this.#program = programs.start(["chat", "join", "--port", String(port), ...who, ...how], {
      onLine: (line) => this.#onEvent(JSON.parse(line)),
      onErrorLine: (line) => this.faults.push(`${nick} says ${line}`),
    });
    this.#isEnding = false;
    this.#program.ended.then((code) => {
      this.isReady = false;
      if (!this.#isEnding) this.faults.push(`${nick} ended by itself with ${code}`);
    });
  }

  /** Says a line in its room. */
  say(): void {
    if (!this.isReady) return;
    const { tally, nick } = this.#options;
    this.#typed++;
    this.#program?.type(`${tally.type(nick)} said at ${performance.now().toFixed(1)}`);
  }

  /** Offers a file to another bot. */
  send(nick: string, path: string): void {
    this.#program?.type(`!send ${nick} ${path}`);
  }

  /** Ends it. @param how with SIGKILL, or as somebody at a prompt would */
  async go(how: "kill" | "quit"): Promise<void> {
    const program = this.#program;
    if (program === undefined) return;
    [this.#isEnding, this.isReady] = [true, false];
    this.deaths++;
    if (how === "kill") {
      program.kill("SIGKILL");
      await program.ended;
    } else {
      program.type("!quit");
      const code = await program.stop("SIGCONT"); // a signal that changes nothing
      // 3: something was refused, such as a file for somebody who had just left; lines are looked at.
      if (code !== 0 && code !== 3) this.faults.push(`${this.nick} quit with ${code}`);
    }
    [this.#typed, this.#waiting] = [0, 0]; // what was not kept is not owed, the rest goes next time
  }

  #onEvent(event: BotEvent): void {
    const { tally, nick, room, onFile } = this.#options;
    const { type, text = "" } = event;
    switch (type) {
      case "page":
        if (event.room === room) this.isReady = true;
        break;
      case "room":
        if (this.#last === undefined && event.room === room) {
          this.#last = (event as { last?: number }).last ?? 0;
        }
        break;
      case "queued":
        this.#typed--;
        this.#waiting++;
        tally.safe(nick, text);
        break;
      case "sent":
        this.#waiting = (event as { waiting?: number }).waiting ?? 0;
        break;
      case "line":
        this.#onLine(event);
        break;
      case "refused":
        this.faults.push(`a line of ${nick} was refused: ${event.code}: ${event.message}`);
        break;
      case "file": {
        const { name, path, sha256 } = event;
        if (event.direction === "in" && event.state === "done" && name && path && sha256) {
          onFile(this, { name, path, sha256 });
        }
        break;
      }
    }
  }

  #onLine({ id = 0, where, isMaybeSeen = false }: BotEvent): void {
    if (where !== this.#options.room) return;
    const before = this.#last ?? 0;
    if (id <= before && isMaybeSeen) return; // after a kill the last ones may repeat
    if (id !== before + 1) this.faults.push(`${this.nick} was shown line ${id} after ${before}`);
    this.#last = Math.max(id, before);
  }
}
