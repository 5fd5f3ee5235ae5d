/** A terminal that a test types on: a session of tmux with a server of its own. */
import { wait } from "./processes.ts";

/** How long something may take to show up, in milliseconds. */
const DEADLINE_MS = 30_000;
const POLL_MS = 20;

/** A terminal in which a program runs; ended by its id when disposed. */
export class Tmux implements AsyncDisposable {
  /** Its server has a socket in here, which stays when it ends. */
  readonly #folder = Deno.makeTempDirSync({ prefix: "tram-tmux-" });
  #id = "";

  /** Runs `command` of the shell in a terminal of this size. */
  static async start(command: string, columns: number, rows: number): Promise<Tmux> {
    const tmux = new Tmux();
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    const print = ["-P", "-F", "#{session_id}"];
    tmux.#id = (await tmux.#run(["new-session", "-d", ...size, ...print, command])).trim();
    return tmux;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#run(["send-keys", "-l", "-t", this.#id, text]);
  }

  /** Presses keys, by the names that tmux has for them. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run(["send-keys", "-t", this.#id, ...keys]);
  }

  /** Pastes text, with marks around it when the program has asked for them. */
  async paste(text: string): Promise<void> {
    await this.#run(["load-buffer", "-"], text);
    await this.#run(["paste-buffer", "-p", "-t", this.#id]);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run(["resize-window", "-t", this.#id, "-x", `${columns}`, "-y", `${rows}`]);
  }

  /** What the terminal shows, lines that went by too, without the spaces and lines at its end. */
  async shown(): Promise<string> {
    const text = await this.#run(["capture-pane", "-p", "-S", "-", "-t", this.#id]);
    return text.replaceAll(/ +$/gm, "").trimEnd();
  }

  /** The same with the sequences that colours are made of. */
  async styled(): Promise<string> {
    return await this.#run(["capture-pane", "-p", "-e", "-S", "-", "-t", this.#id]);
  }

  /** Column of the cursor, from 0. */
  async cursorColumn(): Promise<number> {
    return Number(await this.#run(["display-message", "-p", "-t", this.#id, "#{cursor_x}"]));
  }

  /** Waits until what the terminal shows matches. */
  async matching(pattern: RegExp): Promise<string> {
    const deadlineMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const text = await this.shown();
      if (pattern.test(text)) return text;
      if (performance.now() > deadlineMs) throw new Error(`No ${pattern} within time in:\n${text}`);
      await wait(POLL_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run(["kill-session", "-t", this.#id]); // its server ends with its last session
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #run(args: readonly string[], input = ""): Promise<string> {
    const child = new Deno.Command("tmux", {
      args: ["-u", "-L", "tram", "-f", "/dev/null", ...args],
      env: { TMUX: "", TMUX_TMPDIR: this.#folder, TERM: "xterm-256color", LC_ALL: "C.UTF-8" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input)).catch(() => {}); // not all of them read
    await writer.close().catch(() => {});
    const { success, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${args[0]}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }
}
