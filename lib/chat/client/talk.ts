/** What becomes of typed lines: where they go, and what commands do. Knows no terminal. */
import { formatTable } from "../../terminal/table.ts";
import { safeText } from "../../terminal/safe_text.ts";
import { LineFlag } from "../line_codec.ts";
import type { ChatClient } from "./chat_client.ts";
import type { ChatEvent, FileEvent } from "../chat_event.ts";
import { type Action, helpRows, parseTyped } from "./client_commands.ts";
import type { Notes } from "./client_memory.ts";
import { renderFile } from "./render_file.ts";
import { CookiePieces } from "./cookie_pieces.ts";
import { formatCookie, tellsCookie } from "./cookie_text.ts";
import { INBOX } from "./seen_ids.ts";

/** Name of the note that holds where one talks. */
const WHERE_NOTE = "where";

/** Columns in which the table of commands has a row for each. */
const MIN_HELP_COLUMNS = 80;

/** What a line is. */
type Typed = ReturnType<typeof parseTyped>;

/** What the server would do with lines too that were typed before it, if it came first. */
const AFTER_LINES: ReadonlySet<Typed["type"]> = new Set(
  ["command", "help", "history", "leave", "nick"] as const,
);

/** What handles files. */
export interface TalkFiles {
  /** @throws {Error} one line: it cannot be read */
  send(path: string, to: string): Promise<number>;
  /** @throws {Error} one line: there is none */
  accept(number?: number): void;
  reject(number?: number): void;
  cancel(number: number): void;
  list(): readonly FileEvent[];
}

type FileAction =
  | { readonly type: "files" }
  | Extract<Action, { readonly type: "send" | "cancel" } | { readonly number: unknown }>;

/** What a {@linkcode Talk} works with. */
export interface TalkOptions {
  readonly client: ChatClient;
  readonly notes: Notes;
  readonly files?: TalkFiles | undefined;
  /** Takes what is typed in a relay. */
  readonly relay?: { type(text: string): void } | undefined;
  readonly onQuit: (message: string) => void;
  /** Another place is the current one. */
  readonly onPlace?: ((where: string) => void) | undefined;
  /** Columns for tables. */
  readonly columns: () => number | undefined;
}

/** A conversation: where one is, and what typed lines do. */
export class Talk {
  /** Lines that could not be taken. */
  refused = 0;
  readonly #options: TalkOptions;
  #where: string;
  #lastPrivate: string | undefined;
  readonly #pieces: CookiePieces;
  /** A command that waits for the lines before it; what is typed after it waits for it. */
  #before: Promise<void> | undefined;

  constructor(options: TalkOptions) {
    this.#options = options;
    const { client, notes } = options;
    this.#pieces = new CookiePieces((line) => client.tell([line], true));
    const before = notes.get(WHERE_NOTE) ?? "";
    const isThere = before.startsWith("@") || client.joined.has(before);
    this.#where = isThere ? before : client.joined.all[0] ?? "";
  }

  /** Where typed lines go: `#room`, `@nick`; empty: nowhere, or to the other side of a relay. */
  get where(): string {
    return this.#isRelay ? "" : this.#where;
  }

  /** To be told of every event. */
  onEvent(event: ChatEvent): void {
    if (event.type === "line" && !event.isOwn && (event.flags & LineFlag.Private) !== 0) {
      this.#lastPrivate = event.where;
    }
    if (event.type === "presence" && event.what === "renamed") {
      const [was, is] = [`@${event.was}`, `@${event.nick}`];
      if (this.#lastPrivate === was) this.#lastPrivate = is;
      if (this.#where === was) this.#go(is); // or somebody else with that name would read it
    }
    if (event.type === "notice" && event.code === "room-refused" && event.room === this.#where) {
      this.#go(this.#options.client.joined.all[0] ?? "");
    }
  }

  /** Does what a typed line says. Resolves when the line is safe, or the command is under way. */
  async type(line: string): Promise<void> {
    const action = this.#pieces.next(line) ?? parseTyped(line);
    const { session } = this.#options.client;
    if (session !== undefined && action.type !== "reconnect" && tellsCookie(line, session)) {
      return this.#wrong("Not said: with this, a part of your cookie, somebody could be you");
    }
    const before = this.#before;
    if (!AFTER_LINES.has(action.type)) {
      // Connecting anew may be what helps.
      if (before !== undefined && action.type !== "reconnect") await before;
      return await this.#try(action);
    }
    const turn = this.#before = this.#afterLines(before, action);
    await turn;
    if (this.#before === turn) this.#before = undefined;
  }

  async #afterLines(before: Promise<void> | undefined, action: Typed): Promise<void> {
    await before;
    await this.#options.client.sent();
    await this.#try(action);
  }

  async #try(action: Typed): Promise<void> {
    if (action.type === "wrong") return this.#wrong(action.why);
    try {
      await this.#do(action);
    } catch (error) {
      this.#wrong(error instanceof Error ? error.message : String(error));
    }
  }

  get #isRelay(): boolean {
    return this.#options.client.you?.mode === "relay";
  }

  async #do(action: Action): Promise<void> {
    const { client, relay, onQuit } = this.#options;
    switch (action.type) {
      case "say":
        if (this.#isRelay) return relay?.type(action.text);
        return await this.#say(this.#where, action.text);
      case "private": {
        const where = `@${client.book.who(action.nick)?.nick ?? action.nick}`;
        if (action.text === "") return this.#go(where);
        return await this.#say(where, action.text);
      }
      case "reply":
        if (this.#lastPrivate !== undefined) return await this.#say(this.#lastPrivate, action.text);
        return this.#wrong("Nobody has written to you in private yet: !msg NICK TEXT");
      case "join":
        client.join(action.room);
        return this.#go(action.room);
      case "leave":
        return this.#leave(action.room ?? this.#where, action.reason);
      case "nick":
        client.nick(action.nick);
        if (!client.isConnected) client.tell([`The name to ask for is ${action.nick}`]);
        return;
      case "history": {
        const place = this.#where.startsWith("@") ? INBOX : this.#where;
        return this.#needsLine(client.history(place, action.limit), "ask for older lines");
      }
      case "ignore":
      case "unignore":
        return this.#ignore(action.type === "ignore", action.nick);
      case "ignored": {
        const names = client.ignored.all.map(({ nick }) => nick);
        return client.tell([names.length === 0 ? "Nobody is ignored" : names.join(", ")]);
      }
      case "cookie":
        return this.#cookie();
      case "reconnect":
        return client.reconnect(action.session);
      case "part-of-cookie":
        this.refused++;
        return this.#pieces.begin(action.part);
      case "quit":
        return onQuit(action.message);
      case "help":
        client.tell(this.#helpLines());
        client.command("!help");
        return;
      case "command":
        return this.#needsLine(client.command(action.text), "ask the server");
      case "files":
        return await this.#files({ type: "files" });
      default:
        return await this.#files(action);
    }
  }

  async #files(action: FileAction): Promise<void> {
    const { client, files } = this.#options;
    if (files === undefined) return this.#wrong("Cannot hand files over here");
    switch (action.type) {
      case "send":
        await files.send(action.path, action.to);
        return;
      case "accept":
      case "reject":
        return files[action.type](action.number);
      case "cancel":
        return files.cancel(action.number);
      case "files": {
        const lines = files.list().flatMap((event) =>
          renderFile(event.state === "progress" ? { ...event, state: "started" } : event)
        );
        return client.tell(lines.length === 0 ? ["No files are offered or under way"] : lines);
      }
    }
  }

  async #say(where: string, text: string): Promise<void> {
    if (text === "") return;
    const { client } = this.#options;
    if (where === "") return this.#wrong("This is no room: !join #lobby enters one");
    if (!await client.say(where, text)) this.refused++;
  }

  #leave(room: string, reason: string): void {
    const { client } = this.#options;
    if (room.startsWith("@") && room === this.#where) return this.#go(client.joined.all[0] ?? "");
    if (!client.leave(room, reason === "" ? undefined : reason)) {
      return this.#wrong(`Cannot leave ${room}: you are not in it`);
    }
    client.tell([`You have left ${room}`]);
    if (room === this.#where) this.#go(client.joined.all[0] ?? "");
  }

  #ignore(isIgnored: boolean, nick: string): void {
    const { client } = this.#options;
    const who = client.book.who(nick);
    if (!isIgnored) {
      const one = client.ignored.remove(nick, who?.author);
      if (one === undefined) return this.#wrong(`Nobody called ${nick} is ignored`);
      return client.tell([`Lines of ${one.nick} are shown again`]);
    }
    if (who === undefined) return this.#wrong(`Nobody called ${nick} is here or has said anything`);
    if (who.author === client.you?.author) return this.#wrong("Cannot ignore yourself");
    client.ignored.add({ author: who.author, nick: who.nick });
    client.tell([`Nothing of ${who.nick} is shown any more, whatever name they take`]);
  }

  #cookie(): void {
    const { client } = this.#options;
    const { session } = client;
    if (session === undefined) return this.#wrong("There is no session yet");
    client.tell(["Whoever has this is you; show it to nobody. In another client:"]);
    const lines = [`!reconnect ${formatCookie(session)}`];
    client.emit({ type: "local", lines, isError: false, isForCopying: true });
  }

  #helpLines(): string[] {
    const columns = this.#options.columns();
    const rows = helpRows();
    // A table that does not fit would have four rows for each command.
    if ((columns ?? Infinity) < MIN_HELP_COLUMNS) return rows.map((row) => row.join(": "));
    return formatTable({
      columns: [{ title: "here" }, { title: "what it does" }],
      rows: rows.map((row) => row.map(safeText)),
      columnsAvailable: columns,
    });
  }

  #go(where: string): void {
    const { notes, onPlace } = this.#options;
    if (where === this.#where) return;
    this.#where = where;
    notes.set(WHERE_NOTE, where);
    onPlace?.(where);
  }

  #needsLine(wasSent: boolean, what: string): void {
    if (!wasSent) this.#wrong(`Cannot ${what}: there is no line to the server`);
  }

  #wrong(why: string): void {
    this.refused++;
    this.#options.client.tell([why], true);
  }
}
