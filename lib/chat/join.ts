import { sleep } from "../clock/sleep.ts";
import { ExitCode } from "../config/exit_code.ts";
import { tokenToDial } from "../config/user_token.ts";
import type { RunContext } from "../context.ts";
import { LineErrorCode } from "../transport/line_error.ts";
import { ChatClient } from "./client/chat_client.ts";
import type { ChatClientOptions } from "./client/chat_client_options.ts";
import type { ChatEvent, FileEvent } from "./chat_event.ts";
import { type ClientMemory, openClientMemory } from "./client/client_memory.ts";
import { PlainView } from "./client/plain_view.ts";
import { type ClientEnd, errorOf } from "./client/session_runner.ts";
import { Talk } from "./client/talk.ts";
import { TerminalView } from "./client/terminal_view.ts";
import { FileExchange } from "./files/file_exchange.ts";
import { withoutOffersOf } from "./files/without_offers_of.ts";
import { RelaySeat } from "./relay/relay_seat.ts";

/** Flags of `tram chat join`. */
export interface JoinFlags {
  readonly host: string;
  readonly port: number;
  /** Nickname to ask for. @default {the user's name} */
  readonly nick?: string | undefined;
  /** Rooms, each with its `#`. @default {those of last time, else #lobby} */
  readonly room?: readonly string[] | undefined;
  readonly last: number;
  readonly profile?: string | undefined;
  readonly noState: boolean;
  readonly downloads: string;
  readonly accept: boolean;
  readonly maxFile: number;
  readonly exitAfterInput: boolean;
  readonly stay: boolean;
  /** In milliseconds. @default {for ever} */
  readonly reconnectFor?: number | undefined;
  /** In milliseconds. */
  readonly timeout: number;
  readonly tokenFile?: string | undefined;
  readonly insecure: boolean;
  readonly json: boolean;
}

/** Room to be in where nobody says another. */
const DEFAULT_ROOM = "#lobby";

/** `tram chat join`. */
export async function join(context: RunContext, flags: JoinFlags): Promise<ExitCode> {
  const { process: { stdin, stdout }, signal } = context;
  let onTrouble = (_error: unknown) => {};
  await using memory = await openClientMemory(context, flags, (error) => onTrouble(error));
  const isTerminal = stdin.isTerminal && stdout.isTerminal && !flags.json;
  const { host, port, timeout: timeoutMs } = flags;
  const credentials = await tokenToDial(context, flags);
  await using joining = new Joining(
    context,
    flags,
    memory,
    {
      clock: context.clock,
      memory,
      dial: { host, port, timeoutMs, network: context.network, ...credentials },
      nick: flags.nick,
      defaultNick: defaultNick(context),
      rooms: flags.room,
      last: flags.last,
      mustReach: !isTerminal,
      waitsWhenTakenOver: isTerminal,
      reconnectForMs: flags.reconnectFor,
      drained: stdout.drained && (async () => {
        await stdout.drained?.();
        signal.throwIfAborted(); // it was not waited for
      }),
    },
    new FileExchange({
      clock: context.clock,
      files: await context.fileAccess(),
      downloads: flags.downloads,
      notes: memory.fileNotes,
      emit: (event) => joining.onFile(event),
      maxFileBytes: flags.maxFile,
      acceptAll: flags.accept,
    }),
  );
  onTrouble = (error) => joining.client.keepLater(error);
  return isTerminal ? await joining.atTerminal() : await joining.plain();
}

/** One client, its files, its seat in a relay, and where all that is shown. */
class Joining implements AsyncDisposable {
  readonly client: ChatClient;
  readonly #context: RunContext;
  readonly #flags: JoinFlags;
  readonly #memory: ClientMemory;
  readonly #files: FileExchange;
  readonly #relay: RelaySeat;
  readonly #talk: Talk;
  /** Resolves when the server has greeted this client. */
  readonly #greeted = Promise.withResolvers<void>();
  readonly #interrupted = new AbortController();
  /** Lines and commands that the server has refused. */
  #refused = 0;
  /** Files of its own that somebody has not got, and is not getting now. */
  readonly #stoppedFiles = new Set<number>();
  #show: (event: ChatEvent) => void = () => {};
  #onPlace: (where: string) => void = () => {};

  constructor(
    context: RunContext,
    flags: JoinFlags,
    memory: ClientMemory,
    options: Omit<ChatClientOptions, "emit">,
    files: FileExchange,
  ) {
    this.#context = context;
    this.#flags = flags;
    this.#memory = memory;
    this.#files = files;
    const client = this.client = new ChatClient({ ...options, emit: (event) => this.#on(event) });
    if (client.joined.all.length === 0) client.joined.add(DEFAULT_ROOM);
    const relay = this.#relay = new RelaySeat({
      emit: (event) => client.emit(event),
      say: (where, text) => void client.say(where, text),
      waiting: () => client.waiting,
    });
    client.addPart(withoutOffersOf((author) => client.ignored.has(author), files));
    client.addPart(relay);
    this.#talk = new Talk({
      client,
      notes: memory.notes,
      files,
      relay,
      onQuit: (message) => void this.#leave(message),
      onPlace: (where) => this.#onPlace(where),
      columns: () => context.process.stdout.columns,
    });
    relay.done.then(() => this.#leave(""));
  }

  /** Something happens to a file. */
  onFile(event: FileEvent): void {
    const { direction, number, state } = event;
    if (direction === "out" && state === "stopped") this.#stoppedFiles.add(number);
    else this.#stoppedFiles.delete(number);
    this.client.emit({ type: "file", ...event });
  }

  /** With a prompt, until somebody leaves. */
  async atTerminal(): Promise<ExitCode> {
    const { clock, process: { stdin, stdout } } = this.#context;
    const files = await this.#context.fileAccess();
    using view = new TerminalView({
      clock,
      stdin,
      stdout,
      client: () => this.client,
      talk: () => this.#talk,
      onInterrupt: () => this.#interrupt(),
      onEnd: () => void this.#leave(""),
      namesIn: (folder) => files.namesIn(folder),
      filesText: () => filesText(this.#files.list()),
    });
    this.#show = (event) => view.show(event);
    this.#onPlace = (where) => view.placed(where);
    const reading = view.done.catch((error: unknown) => {
      this.#interrupt();
      throw error;
    });
    reading.catch(() => {}); // told below
    view.start();
    const end = await this.#run();
    view[Symbol.dispose]();
    await reading;
    return this.#exitCode(end);
  }

  /** Lines in, lines or JSON out. */
  async plain(): Promise<ExitCode> {
    const { clock, process: { stdin, stdout, stderr } } = this.#context;
    const { json, stay, exitAfterInput } = this.#flags;
    const view = new PlainView({ clock, stdin, stdout, stderr, json });
    this.#show = (event) => view.show(event);
    let failure: { readonly error: unknown } | undefined;
    const read = async () => {
      await this.#greeted.promise; // a server that is not there takes nothing
      await view.read(this.client, this.#talk, this.#interrupted.signal);
      if (this.#interrupted.signal.aborted) return;
      if (stay || (stdin.isTerminal && !exitAfterInput)) return;
      await this.client.settled();
      await this.#files.settled();
      await this.client.quit();
    };
    read().catch((error) => {
      failure = { error };
      this.#interrupt();
    });
    const end = await this.#run();
    if (failure !== undefined) throw failure.error;
    await stdout.drained?.();
    const code = this.#exitCode(end);
    const hasLosses = this.#refused + this.#talk.refused + this.#stoppedFiles.size > 0;
    return code === ExitCode.Done && hasLosses ? ExitCode.Partial : code;
  }

  /** Nothing of it goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#files[Symbol.asyncDispose]();
  }

  async #run(): Promise<ClientEnd> {
    const { signal } = this.#context;
    const onAbort = () => this.#interrupt();
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.client.run();
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#interrupted.abort();
    }
  }

  #on(event: ChatEvent): void {
    this.#talk.onEvent(event);
    if (event.type === "sent") this.#relay.acknowledged();
    const isRelay = this.client.you?.mode === "relay"; // an illegal move is part of the game
    const isRefusal = event.type === "refused" && !isRelay;
    if (isRefusal || (event.type === "reply" && !event.isDone)) this.#refused++;
    if (event.type === "presence" && /^(joined|back)$/.test(event.what)) this.#files.retry();
    if (event.type === "you") this.#greeted.resolve();
    this.#show(event);
  }

  #wasInterrupted = false;

  #interrupt(): void {
    this.#wasInterrupted = true;
    this.#interrupted.abort();
    void this.client.quit();
  }

  /** Leaves when what was typed is with the server, or that takes too long. */
  async #leave(message: string): Promise<void> {
    const { clock } = this.#context;
    if (this.client.isConnected && this.client.waiting > 0) {
      const settled = this.client.settled();
      const { signal } = this.#interrupted;
      await Promise.race([settled, sleep(clock, this.#flags.timeout, signal).catch(() => {})]);
    }
    await this.client.quit(message);
  }

  #exitCode(end: ClientEnd): ExitCode {
    const { process: { stderr } } = this.#context;
    const again = `tram chat join --host ${this.#flags.host} --port ${this.#flags.port}` +
      `${this.#memory.profile === undefined ? "" : ` --profile ${this.#memory.profile}`}`;
    const { waiting } = this.client;
    if (waiting > 0) {
      const what = waiting === 1 ? "1 line is not delivered" : `${waiting} lines are not delivered`;
      const next = this.#memory.sync === undefined ? "" : `; sent next time by: ${again}`;
      stderr.write(`tram: ${what}${next}\n`);
    }
    if (this.#wasInterrupted) return ExitCode.Interrupted;
    if (end.type === "quit") return ExitCode.Done;
    if (end.report.code !== LineErrorCode.TakenOver) throw errorOf(end.report);
    stderr.write(`tram: Another client has taken this session over; take it back with: ${again}\n`);
    return ExitCode.Failed;
  }
}

/** Name to ask for where nobody says another: that of the user, else that of the machine. */
function defaultNick({ process: { env }, hostName }: RunContext): string {
  const name = env["USER"] || env["LOGNAME"] || env["USERNAME"] || hostName();
  const fitting = name.replace(/[^\p{L}\p{N}._-]/gu, "-").replace(/^[^\p{L}\p{N}]+/u, "");
  return [...fitting].slice(0, 24).join("") || "guest";
}

/** What is under way, in few words. */
function filesText(files: readonly FileEvent[]): string {
  return files
    .filter(({ state }) => state === "started" || state === "progress")
    .map(({ number, bytes, size }) => `file ${number} ${Math.floor(100 * bytes / (size || 1))} %`)
    .join(" ");
}
