/**
 * Passes a file of random bytes from one real client to another, through a sender, a receiver and a
 * server that are killed on the way, while two others talk; measures what that costs.
 */
import assert from "node:assert/strict";
import { FILE_CHUNK_BYTES } from "../../lib/chat/limits.ts";
import type { ChatClientProcess, ChatRoom, ChatServerProcess, ClientEvent } from "./chat_room.ts";
import { JsonProcess } from "./json_process.ts";
import { type FileBytes, fileBytes, Memory } from "./process_figures.ts";
import { wait } from "./processes.ts";

const POLL_MS = 10;
/** How long a chunk may take, in milliseconds: many times what it needs. */
const PATIENCE_MS = 20_000;

/** What it took. */
export interface Passed {
  /** As `sha256sum` prints them: of the file before, and of what came. */
  readonly hashes: readonly [string, string];
  /** Where the receiver went on after each of the three deaths. */
  readonly resumedFrom: readonly number[];
  /** Whole chunks that were safe before each of them. */
  readonly safe: readonly number[];
  /** Bytes that the senders have read, beyond what a client reads that only talks. */
  readonly readBytes: number;
  /** The same of the receivers. */
  readonly readAgainBytes: number;
  /** Bytes that the receivers have written, beyond what a client writes that only talks. */
  readonly writtenBytes: number;
  /** By how much memory has grown while the file passed, in bytes. */
  readonly grownBytes: { readonly server: number; readonly clients: number };
  /** How long lines of others took meanwhile, in milliseconds. */
  readonly lineMs: readonly number[];
  /** All of it, in milliseconds. */
  readonly totalMs: number;
  /** Names in the receiver's folder. */
  readonly names: readonly string[];
}

/** What {@linkcode passFile} is to do. */
export interface PassOptions {
  readonly sizeBytes: number;
  /** As `--file-rate` has it: slow enough to be killed midway. */
  readonly rate: string;
}

/** Passes a file on; the receiver has another one of its name already. */
export async function passFile(room: ChatRoom, options: PassOptions): Promise<Passed> {
  await writeRandom(`${room.folder}/big.bin`, options.sizeBytes);
  const fromMs = performance.now();
  await using passing = await Passing.start(room, options);
  await passing.killSender(0.2);
  await passing.killReceiver(0.45);
  await passing.killServer(0.7);
  const hashes = await passing.end();
  const totalMs = performance.now() - fromMs;
  return { ...passing.figures(), hashes, totalMs };
}

/** A file on its way. */
class Passing implements AsyncDisposable {
  readonly #room: ChatRoom;
  readonly #options: PassOptions;
  readonly #path: string;
  readonly #folder: string;
  readonly #processes = new AsyncDisposableStack();
  readonly #memory: Memory;
  readonly #talking = new AbortController();
  readonly #talk: Promise<void>;
  readonly #lineMs: number[] = [];
  readonly #safe: number[] = [];
  readonly #resumedFrom: number[] = [];
  readonly #port: string;
  /** Read and written by a client that only talks. */
  readonly #base: FileBytes;
  readonly #sent = { read: 0, written: 0 };
  readonly #received = { read: 0, written: 0 };
  #server: ChatServerProcess;
  #ada: ChatClientProcess;
  #bob: ChatClientProcess;

  private constructor(room: ChatRoom, options: PassOptions, parts: PassingParts) {
    this.#room = room;
    this.#options = options;
    [this.#path, this.#folder] = pathsIn(room);
    this.#port = parts.server.port;
    const { server, ada, bob, cyd, dan } = parts;
    for (const one of [server, ada, bob, cyd, dan]) this.#processes.use(one);
    [this.#server, this.#ada, this.#bob] = [server, ada, bob];
    this.#base = fileBytes(cyd);
    this.#memory = this.#processes.use(new Memory());
    this.#memory.watch("server", server.process);
    for (const client of [ada, bob]) this.#memory.watch("clients", client);
    this.#talk = talkUntil(this.#talking.signal, cyd, dan, this.#lineMs);
    this.#talk.catch(() => {}); // looked at when it is stopped
  }

  /** Starts all of them, and the transfer. */
  static async start(room: ChatRoom, options: PassOptions): Promise<Passing> {
    const [path, folder] = pathsIn(room);
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/big.bin`, "mine");
    const server = await serve(room, options, "0");
    const { port } = server;
    const [cyd, dan, ada] = await Promise.all([
      room.joined(port, "cyd"),
      room.joined(port, "dan"),
      room.joined(port, "ada"),
    ]);
    const bob = await joinedWith(room, port, "bob", folder, ...TAKES, "--accept");
    await ada.type(`!send bob ${path}`);
    return new Passing(room, options, { server, ada, bob, cyd, dan });
  }

  /** Kills the sender when so much of the file is safe, and starts it again. */
  async killSender(part: number): Promise<void> {
    await this.#reach(part);
    this.#ended(this.#sent, this.#ada);
    this.#ada.kill();
    const seen = this.#bob.events.length;
    this.#ada = this.#processes.use(await this.#room.joined(this.#port, "ada"));
    this.#memory.watch("clients", this.#ada);
    await this.#resumed(seen);
  }

  /** The same with the receiver, who need not accept again. */
  async killReceiver(part: number): Promise<void> {
    await this.#reach(part);
    this.#ended(this.#received, this.#bob);
    this.#bob.kill();
    await this.#bob.ended;
    this.#safe.push(await chunksThere(this.#folder, this.#safe.pop() ?? 0)); // exactly, now
    const bob = await joinedWith(this.#room, this.#port, "bob", this.#folder, ...TAKES);
    this.#bob = this.#processes.use(bob);
    this.#memory.watch("clients", bob);
    await this.#resumed();
  }

  /** The same with the server; nobody talks any more from then on. */
  async killServer(part: number): Promise<void> {
    await this.#reach(part);
    this.#talking.abort();
    await this.#talk;
    const seen = this.#bob.events.length;
    this.#server.process.kill();
    await this.#server.process.ended;
    this.#server = this.#processes.use(await serve(this.#room, this.#options, this.#port));
    this.#memory.watch("server", this.#server.process);
    await this.#resumed(seen);
  }

  /** Waits until the file is there. @returns SHA-256 of the file before, and of what came */
  async end(): Promise<readonly [string, string]> {
    const there = await this.#bob.event("file", ({ state }) => state === "done");
    const sent = await this.#ada.event("file", ({ state }) => state === "done");
    this.#memory.stop();
    this.#ended(this.#sent, this.#ada);
    this.#ended(this.#received, this.#bob);
    assert.equal(await Deno.readTextFile(`${this.#folder}/big.bin`), "mine");
    const came = await sha256sum(`${this.#folder}/big (2).bin`);
    const hashes = [await sha256sum(this.#path), came] as const;
    assert.deepEqual([sent.sha256, there.sha256], hashes);
    // Nobody had to read the beginning again for the hash of the whole.
    const again = this.#ada.of("file").filter(({ message = "" }) => message.startsWith("reads "));
    assert.deepEqual(again, []);
    return hashes;
  }

  /** What it took. */
  figures(): Omit<Passed, "hashes" | "totalMs"> {
    return {
      resumedFrom: this.#resumedFrom,
      safe: this.#safe,
      readBytes: this.#sent.read,
      readAgainBytes: this.#received.read,
      writtenBytes: this.#received.written,
      grownBytes: { server: this.#memory.grown("server"), clients: this.#memory.grown("clients") },
      lineMs: this.#lineMs,
      names: [...Deno.readDirSync(this.#folder)].map(({ name }) => name).sort(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes[Symbol.asyncDispose]();
  }

  async #reach(part: number): Promise<void> {
    const chunks = Math.floor(this.#options.sizeBytes / FILE_CHUNK_BYTES * part);
    this.#safe.push(await chunksThere(this.#folder, chunks));
  }

  /** Waits until the receiver goes on. @param from number of its events that were there before */
  async #resumed(from = 0): Promise<void> {
    const { resumedFrom = 0 } = await this.#bob.event("file", (event) => {
      return event.state === "started" && (event.resumedFrom ?? 0) > 0;
    }, from);
    this.#resumedFrom.push(resumedFrom);
  }

  #ended(sum: { read: number; written: number }, client: ChatClientProcess): void {
    const { read, written } = fileBytes(client);
    sum.read += read - this.#base.read;
    sum.written += written - this.#base.written;
  }
}

interface PassingParts {
  readonly server: ChatServerProcess;
  readonly ada: ChatClientProcess;
  readonly bob: ChatClientProcess;
  /** Who talks. */
  readonly cyd: ChatClientProcess;
  readonly dan: ChatClientProcess;
}

const TAKES = ["--max-file", "2GiB"];

/** The file, and the folder that it goes to. */
function pathsIn({ folder }: ChatRoom): readonly [string, string] {
  return [`${folder}/big.bin`, `${folder}/in`];
}

function serve(room: ChatRoom, { rate }: PassOptions, port: string): Promise<ChatServerProcess> {
  return room.serve(["--file-rate", rate, ...TAKES, "--pace", "0"], port);
}

/** Starts a client with a folder of its own for what others send; waits until it is in #lobby. */
export async function joinedWith(
  { env }: ChatRoom,
  port: string,
  nick: string,
  downloads: string,
  ...args: readonly string[]
): Promise<ChatClientProcess> {
  const who = ["--nick", nick, "--profile", nick, "--downloads", downloads];
  const client = new JsonProcess<ClientEvent>(
    ["chat", "join", "--port", port, "--json", ...who, ...args],
    env,
  );
  await client.event("page", ({ room }) => room.startsWith("#"));
  return client;
}

/** What `sha256sum` prints of a file. */
export async function sha256sum(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("sha256sum", { args: ["--", path] }).output();
  return new TextDecoder().decode(stdout).replace(/^\\/, "").slice(0, 64);
}

/** Writes a file of random bytes. */
export async function writeRandom(path: string, sizeBytes: number): Promise<void> {
  using file = await Deno.open(path, { createNew: true, write: true });
  const block = new Uint8Array(1024 * 1024);
  for (let at = 0; at < sizeBytes; at += block.length) {
    for (let i = 0; i < block.length; i += 65_536) {
      crypto.getRandomValues(block.subarray(i, i + 65_536));
    }
    const piece = block.subarray(0, Math.min(block.length, sizeBytes - at));
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
  }
}

/** One says lines, the other notes how long each took, until they are told to stop. */
async function talkUntil(
  signal: AbortSignal,
  one: ChatClientProcess,
  other: ChatClientProcess,
  lineMs: number[],
): Promise<void> {
  for (let i = 1; !signal.aborted; i++) {
    const fromMs = performance.now();
    await one.type(`line ${i}`);
    await other.event("line", ({ text }) => text === `line ${i}`);
    lineMs.push(performance.now() - fromMs);
    await wait(POLL_MS);
  }
}

/** Waits until the journal has so many chunks. @returns how many it has */
async function chunksThere(folder: string, wanted: number): Promise<number> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const text = await Deno.readTextFile(`${folder}/big.bin.tram-part.journal`).catch(() => "");
    const chunks = Math.max(0, text.split("\n").length - 2); // a head, and what is not whole
    if (chunks >= wanted) return chunks;
    assert(performance.now() < endMs, `${chunks} of ${wanted} chunks within time`);
    await wait(POLL_MS);
  }
}
