/** What somebody sends and receives in files, over all processes, and what must come of it. */
import type { FileEvent } from "../../../lib/chat/chat_event.ts";
import type { ChatClient } from "../../../lib/chat/client/chat_client.ts";
import type { ClientMemory } from "../../../lib/chat/client/client_memory.ts";
import { FileExchange } from "../../../lib/chat/files/file_exchange.ts";
import type { FileNotes } from "../../../lib/chat/files/file_notes.ts";
import { withoutOffersOf } from "../../../lib/chat/files/without_offers_of.ts";
import type { SimProcess } from "../core/sim_process.ts";
import type { Sim } from "../core/sim.ts";
import type { ChatUser } from "./chat_user.ts";
import type { Extra } from "./chat_user_options.ts";
import { type FolderBugs, SimFolder } from "./sim_folder.ts";

/** Where files go to. */
const DOWNLOADS = "downloads";

/** Files that may be open at once: 20 that are sent, and as many with their journals from each of two. */
const MAX_OPEN = 100;

/** A file that somebody wants to send. */
interface Sent {
  readonly to: FileWork;
  /** The sender was told that the other side has it. */
  isDone: boolean;
  /** Why it was not sent, for good. */
  reason: string | undefined;
}

/** What somebody sends and receives. */
export class FileWork {
  readonly name: string;
  readonly folder: SimFolder;
  user!: ChatUser;
  readonly #sim: Sim;
  readonly #chunkBytes: number;
  readonly #sent = new Map<string, Sent>();
  /** The same, also while it is not sure that they are out. */
  readonly #begun = new Map<string, Sent>();
  /** Files that were received. */
  readonly #received = new Set<string>();
  #exchange: FileExchange | undefined;
  /** What everybody sends, by name. */
  readonly #sources: Map<string, Uint8Array>;
  #last = 0;

  constructor(sim: Sim, name: string, chunkBytes: number, sources: Map<string, Uint8Array>) {
    this.#sim = sim;
    this.#sources = sources;
    this.name = name;
    this.#chunkBytes = chunkBytes;
    this.folder = new SimFolder(sim.stream(`files of ${name}`), bugsOf(sim));
    sim.watch(`files that ${name} has open`, MAX_OPEN, () => this.folder.open);
  }

  /** Goes with a new client. */
  begin(process: SimProcess, client: ChatClient, memory: ClientMemory): Extra {
    const exchange: FileExchange = new FileExchange({
      clock: process.clock,
      files: this.folder.forProcess(process),
      downloads: DOWNLOADS,
      notes: this.#notes(memory.fileNotes),
      emit: (event) => {
        this.#on(event);
        client.emit({ type: "file", ...event });
      },
      maxFileBytes: 2 ** 30,
      acceptAll: true,
      chunkBytes: this.#chunkBytes,
    });
    this.#exchange = exchange;
    const part = withoutOffersOf(() => false, exchange);
    let times = 0;
    return {
      part: {
        handlersFor: (connection) => part.handlersFor(connection),
        ready: (connection) => {
          if (times++ > 0 && this.#sim.hasBug("files are offered once")) return;
          part.ready?.(connection);
        },
      },
      end: async () => {
        if (this.#exchange === exchange) this.#exchange = undefined;
        await exchange[Symbol.asyncDispose]();
        this.#sim.check(
          "ends",
          this.folder.open === 0,
          () => `${this.name} has ended with ${this.folder.open} open files`,
        );
      },
    };
  }

  /** Offers again what waits for somebody. */
  retry(): void {
    this.#exchange?.retry();
  }

  /** Sends a new file, if it can. */
  send(to: FileWork, bytes: Uint8Array): void {
    const { nick } = to.user;
    this.user.act(() => {
      if (nick === "" || this.#exchange === undefined) return;
      const name = `${this.name}-${++this.#last}.bin`;
      this.#sources.set(name, bytes);
      this.folder.put(`home/${name}`, bytes);
      const nothing = { isDone: false, reason: undefined };
      this.#offer(`home/${name}`, nick, { to, ...nothing });
    });
  }

  /** What is not over. @param all everybody */
  missing(all: readonly FileWork[]): string | undefined {
    const file = this.#exchange?.list().find(({ direction, name }) => {
      return direction === "out" || !this.#isOrphaned(name, all);
    });
    if (file === undefined) return undefined;
    const { direction, name, state, bytes, size, peer } = file;
    return `${this.name} has ${name} ${direction} ${peer}: ${state}, ${bytes} of ${size} bytes`;
  }

  /** What has its name is whole, at any time. */
  #checkNamed(): void {
    for (const path of this.folder.paths) {
      if (!path.startsWith(`${DOWNLOADS}/`) || path.includes(".tram-part")) continue;
      const name = path.slice(DOWNLOADS.length + 1).replace(/ \(\d+\)/, "");
      const [size, wanted] = [this.folder.get(path)?.length, this.#sources.get(name)?.length];
      this.#sim.check(
        "oracle",
        size === wanted,
        () => `${path} of ${this.name} has its name, and ${size} bytes of ${wanted}`,
      );
    }
  }

  /** Somebody whose session is lost is somebody else: what they had begun to send waits for ever. */
  #isOrphaned(name: string, all: readonly FileWork[]): boolean {
    return all.some((work) => name.startsWith(`${work.name}-`) && work.user.hasLostSession);
  }

  /** Everything is over: files are there, whole, or it was said why not. @param all everybody */
  check(all: readonly FileWork[]): void {
    for (const [path, file] of this.#sent) {
      const { to, isDone, reason } = file;
      const found = to.#found(path);
      this.#sim.check(
        "once",
        found.length <= 1,
        () => `${to.name} has ${path} ${found.length} times: ${found.join(", ")}`,
      );
      if (found.length > 0) continue;
      this.#sim.check("kept", !isDone, () => `${to.name} has ${path} no more, and has said so`);
      this.#sim.count(`files that were not sent: ${reason}`);
      this.#sim.check(
        "kept",
        reason !== undefined,
        () => `${path} did not come to ${to.name}, and nobody said why`,
      );
    }
    this.#checkNamed();
    const rest = this.folder.paths.filter((path) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      return name.includes(".tram-part") && !this.#isOrphaned(name, all);
    });
    this.#sim.check("ends", rest.length === 0, () => `${this.name} has ${rest.join(", ")} left`);
  }

  /** Paths of a file of somebody else, and whether they are what was sent. */
  #found(path: string): string[] {
    const name = path.slice(path.lastIndexOf("/") + 1, -".bin".length);
    const ours = this.folder.paths.filter((one) =>
      one === `${DOWNLOADS}/${name}.bin` || one.startsWith(`${DOWNLOADS}/${name} (`)
    );
    return ours.filter((one) => !one.includes(".tram-part"));
  }

  #offer(path: string, nick: string, file: Sent): void {
    this.#begun.set(path, file);
    this.#exchange?.send(path, `@${nick}`).then(
      () => {
        this.#sent.set(path, file);
        this.#sim.count("files offered");
      },
      (error) => this.#sim.note(`${this.name} cannot offer ${path}: ${error}`),
    );
  }

  #on(event: FileEvent): void {
    const { direction, state, name, peer, code, message, path, size } = event;
    if (state === "progress") return;
    this.#checkNamed();
    const why = code === undefined ? "" : `: ${code}: ${message}`;
    this.#sim.note(`${this.name}: ${name} ${direction} ${peer} ${state}${why}`);
    if ((event.resumedFrom ?? 0) > 0 && state === "started") this.#sim.count("files resumed");
    if (direction === "in") {
      if (state === "done") this.#onReceived(name, path ?? "", size);
      return;
    }
    // Of a process that was killed before it could say so: it has noted it all the same.
    const sent = this.#begun.get(`home/${name}`);
    if (sent === undefined) return;
    this.#sent.set(`home/${name}`, sent);
    if (state === "done") sent.isDone = true;
    if (state === "started") sent.reason = undefined;
    if (state === "stopped") sent.reason = code;
    if (state !== "stopped" || code !== "failed") return;
    // A disk was full: people try again, unless the next process does it by itself.
    const exchange = this.#exchange;
    this.#sim.clock.after(2000, () =>
      this.user.act(() => {
        if (sent.reason === "failed" && this.#exchange === exchange) {
          this.#offer(`home/${name}`, peer, sent);
        }
      }));
  }

  /** A file is there, it is said. */
  #onReceived(name: string, path: string, size: number): void {
    this.#sim.count("files received");
    this.#sim.check(
      "once",
      !this.#received.has(name),
      () => `${path} of ${this.name} has come again`,
    );
    this.#received.add(name);
    const bytes = this.folder.get(path);
    const source = this.#sources.get(name);
    const isSame = bytes !== undefined && source !== undefined && bytes.length === source.length &&
      bytes.every((byte, at) => byte === source[at]);
    this.#sim.check("oracle", isSame, () => {
      const at = bytes?.findIndex((byte, index) => byte !== source?.[index]);
      return `${path} of ${this.name} has ${bytes?.length} of ${size} bytes, others from ${at} on`;
    });
  }

  /** Bugs in what a client notes of files. */
  #notes(notes: FileNotes): FileNotes {
    const dropped = this.#sim.hasBug("received files are not noted")
      ? /^received:/
      : this.#sim.hasBug("sent files are not noted")
      ? /^sent:/
      : undefined;
    if (dropped === undefined) return notes;
    return {
      notes: notes.notes,
      sync: () => notes.sync?.() ?? Promise.resolve(),
      note: (name, value) => {
        if (!dropped.test(name)) notes.note(name, value);
      },
    };
  }
}

function bugsOf(sim: Sim): FolderBugs {
  if (sim.hasBug("parts that are not synced")) {
    return { neverSynced: (path) => path.endsWith(".tram-part") };
  }
  if (sim.hasBug("misplaced bytes")) return { misplaces: true };
  if (sim.hasBug("names that are not durable")) return { forgetsNames: true };
  if (sim.hasBug("leftovers")) return { keepsAll: true };
  if (sim.hasBug("files that are not closed")) return { keepsOpen: true };
  return {};
}
