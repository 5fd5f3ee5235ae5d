/** A server with a desk for files, and people who exchange them, in memory. */
import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../lib/clock/fake_clock.ts";
import { sleep } from "../../../lib/clock/sleep.ts";
import type { FileEvent } from "../../../lib/chat/chat_event.ts";
import { FileDesk, type FileDeskOptions } from "../../../lib/chat/files/file_desk.ts";
import { FileExchange, type FileExchangeOptions } from "../../../lib/chat/files/file_exchange.ts";
import { MemoryNotes } from "../../../lib/chat/files/file_notes.ts";
import { type ChatKinds, chatService } from "../../../lib/chat/protocol.ts";
import type { ChatHost, Member } from "../../../lib/chat/chat_host.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import { dial } from "../../../lib/transport/dial.ts";
import { listen, type Server } from "../../../lib/transport/listen.ts";
import { MemoryBudget } from "../../../lib/transport/memory_budget.ts";
import { type MemoryLink, MemoryNetwork } from "../../../lib/transport/memory_network.ts";
import type { Handlers } from "../../../lib/transport/routes.ts";
import { poisoned } from "../../transport/world.ts";
import { FakeFileAccess } from "./fake_file_access.ts";

/** Chunks of the tests; files of a few of them pass in a moment. */
export const CHUNK = 64 * 1024;

/** Bytes that can be told apart wherever they are. */
export function someBytes(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const KILLED = new Error("killed");

/** Compares bytes, of which `assert.deepEqual` cannot compare many on older runtimes. */
export function assertSameBytes(
  actual: Uint8Array | undefined,
  expected: Uint8Array,
  what = "bytes",
): void {
  assert.equal(actual?.length, expected.length, what);
  const at = expected.findIndex((byte, index) => byte !== actual?.[index]);
  assert.equal(at, -1, `${what} differ at ${at}`);
}

/** As much of a host as the desk needs; everybody who connects is in `#lobby`. */
class SmallHost {
  readonly all = new Set<Member>();
  readonly #authors = new Map<string, number>();

  enter(connection: Connection<ChatKinds>): Member {
    const nick = connection.terms.clientId;
    const author = this.#authors.get(nick) ?? this.#authors.size + 1;
    this.#authors.set(nick, author);
    const identity = `session:${author}`;
    const member = { connection, author, nick, identity, rooms: new Set(["#lobby"]), sinceUs: 0 };
    this.all.add(member);
    return member;
  }

  known(nick: string) {
    const member = [...this.all].findLast((one) => one.nick.toLowerCase() === nick.toLowerCase());
    return member && { ...member, seenUs: 0, member };
  }

  membersOf(room: string): Member[] {
    return [...this.all].filter(({ rooms }) => rooms.has(room));
  }
}

/** A server with a desk, on a network in memory. */
export class FilesWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  readonly host = new SmallHost();
  /** Why somebody may not share, by nick. */
  readonly suspended = new Map<string, string>();
  readonly people: Person[] = [];
  readonly budget = new MemoryBudget(256 * 1024 * 1024);
  readonly #options: Partial<FileDeskOptions>;
  desk!: FileDesk;
  server!: Server<ChatKinds>;
  port = 0;

  constructor(options: Partial<FileDeskOptions> = {}) {
    this.#options = options;
    this.start();
  }

  /** Starts the server, on the port that it had. */
  start(): void {
    const { clock, network, budget, host } = this;
    const desk = this.desk = new FileDesk(host as unknown as ChatHost, {
      clock,
      maxFileBytes: 2 ** 40,
      rateBytesPerSecond: 0,
      mayShare: ({ nick }) => this.suspended.get(nick),
      ...this.#options,
    });
    const options = { network, clock, budget, port: this.port };
    this.server = listen(chatService, options, (connection) => {
      const member = host.enter(connection);
      connection.closed.then(() => {
        host.all.delete(member);
        desk.left(member, connection);
      });
      return poisoned<ChatKinds>(desk.handlersFor(member));
    });
    this.port = this.server.address.port;
  }

  /** Somebody who connects, and connects again whenever the line is lost. */
  async person(name: string, options: Partial<FileExchangeOptions> = {}): Promise<Person> {
    const person = new Person(this, name, options);
    this.people.push(person);
    person.start();
    await this.until(() => person.connection?.isOpen === true);
    return person;
  }

  /** A client that says what a test says. */
  async raw(name: string, handlers: Handlers<ChatKinds> = {}): Promise<Connection<ChatKinds>> {
    const { clock, network, budget, server } = this;
    const before = this.host.all.size;
    const options = { ...server.address, clientId: name, clock, network, budget };
    const connection = await dial(chatService, options, () => poisoned(handlers));
    await this.until(() => this.host.all.size > before);
    return connection;
  }

  /** Lets time pass until `holds`. */
  async until(holds: () => boolean, stepMs = 20): Promise<void> {
    for (let turn = 0; turn < 20_000; turn++) {
      if (holds()) return;
      await settle();
      if (turn % 20 === 19) await this.clock.advance(stepMs);
    }
    throw new Error("waited in vain");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let isOver = false;
    const over = (async () => {
      for (const person of this.people) await person.end();
      await this.server.close();
    })().finally(() => isOver = true);
    while (!isOver) {
      await settle();
      await this.clock.advance(100);
    }
    await over;
  }
}

/** Somebody with a disk and notes, which outlive the process. */
export class Person {
  readonly name: string;
  readonly files = new FakeFileAccess();
  readonly notes = new MemoryNotes();
  readonly events: FileEvent[] = [];
  exchange!: FileExchange;
  connection: Connection<ChatKinds> | undefined;
  readonly #world: FilesWorld;
  readonly #options: Partial<FileExchangeOptions>;
  #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(world: FilesWorld, name: string, options: Partial<FileExchangeOptions>) {
    this.#world = world;
    this.name = name;
    this.#options = options;
  }

  /** Starts a client. */
  start(): void {
    const stop = this.#stop = new AbortController();
    const { notes } = this;
    const note = (name: string, value: string) => {
      if (stop.signal.reason !== KILLED) notes.note(name, value);
    };
    const exchange = this.exchange = new FileExchange({
      clock: this.#world.clock,
      files: this.files.forProcess(),
      downloads: "downloads",
      notes: { notes: notes.notes, note },
      emit: (event) => this.events.push(event),
      maxFileBytes: 2 ** 40,
      acceptAll: false,
      chunkBytes: CHUNK,
      ...this.#options,
    });
    this.#loop = this.#keep(exchange, stop.signal);
  }

  /** Its line is lost. */
  cut(): void {
    for (const link of this.links) link.cut();
  }

  /** What its newest connection goes through. */
  links: readonly MemoryLink[] = [];

  /** The process is killed: nothing is told to anybody, nothing more reaches the disk. */
  async kill(loses?: (path: string) => boolean): Promise<void> {
    this.#stop.abort(KILLED);
    this.files.kill(loses);
    const ended = this.exchange[Symbol.asyncDispose]();
    this.cut();
    await ended;
    await this.#loop;
  }

  /** Ends in good order. */
  async end(): Promise<void> {
    this.#stop.abort(new Error("ended"));
    await this.exchange[Symbol.asyncDispose]();
    await this.connection?.close();
    await this.#loop;
  }

  /** The last event of a state. */
  last(state: FileEvent["state"]): FileEvent | undefined {
    return this.events.findLast((event) => event.state === state);
  }

  async #keep(exchange: FileExchange, signal: AbortSignal): Promise<void> {
    const { clock, network, budget } = this.#world;
    while (!signal.aborted) {
      try {
        const before = network.links.length;
        const address = { host: "127.0.0.1", port: this.#world.port };
        const options = { ...address, clientId: this.name, clock, network, budget, signal };
        const dialled = dial(
          chatService,
          options,
          (connection) => poisoned<ChatKinds>(exchange.handlersFor(connection)),
        );
        this.links = network.links.slice(before);
        const connection = await dialled;
        this.connection = connection;
        exchange.ready(connection);
        await connection.closed;
      } catch {
        // tries again
      }
      if (!signal.aborted) await sleep(clock, 50, signal).catch(() => {});
    }
  }
}

/** Offers `bytes` from one to the other, who accepts. */
export async function handOver(
  world: FilesWorld,
  from: Person,
  to: Person,
  bytes: Uint8Array,
  name = "a.bin",
): Promise<number> {
  from.files.put(`home/${name}`, bytes);
  const number = await from.exchange.send(`home/${name}`, `@${to.name}`);
  const wanted = () =>
    to.exchange.list().find((one) => one.state === "offered" && one.name === name);
  await world.until(() => wanted() !== undefined);
  to.exchange.accept(wanted()?.number);
  return number;
}
