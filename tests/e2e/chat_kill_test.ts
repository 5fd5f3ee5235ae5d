/** A server of `chat` that is killed at any moment, and a client too: each line is there once, in order. */
import assert from "node:assert/strict";
import { Random } from "../random.ts";
import { CrowdMember } from "./chat_crowd.ts";
import {
  type ChatClientProcess,
  type ChatRoom,
  type ClientEvent,
  type StoredChatLine,
  withChat,
} from "./chat_room.ts";
import { until } from "./collect_room.ts";
import { wait } from "./processes.ts";

const CLIENTS = 50;

/** How often the server is killed, each time in the middle of a thousand lines. */
const KILLS = 10;
const LINES_A_KILL = 1000;
const LINES_EACH = LINES_A_KILL / CLIENTS;

/** One line of so many is a private one. */
const PRIVATE_EVERY = 10;

/** Every so many times a client is killed, too. */
const CLIENT_KILLED_EVERY = 3;

/** Lines that no pipe has room for. */
const UNREAD = 1000;

const ROOM = "#lobby";
const SERVER = ["--insecure", "--pace", "0"];

/** A real client that is started again under its name when it was killed. */
class Typist implements AsyncDisposable {
  /** What its processes have shown, one after the other. */
  readonly lives: ClientEvent[][] = [];
  typed = 0;
  readonly #room: ChatRoom;
  readonly #port: string;
  #process: ChatClientProcess;

  constructor(room: ChatRoom, port: string, readonly nick: string) {
    this.#room = room;
    this.#port = port;
    this.#process = this.#start();
  }

  get process(): ChatClientProcess {
    return this.#process;
  }

  /** Types lines, which are numbered. */
  async type(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#process.type(`${this.nick} ${++this.typed}`);
  }

  /** Starts it again after it was killed. */
  async restart(): Promise<void> {
    await this.#process.ended;
    this.#process = this.#start();
  }

  /** Waits until it is there again; has it try at once, since it has waited in vain before. */
  async back(): Promise<void> {
    let asked: ClientEvent | undefined;
    await until("it is connected", async () => {
      const { events } = this.#process;
      const state = events.findLast(({ type }) => /^(dis)?connected$/.test(type));
      if (state?.type === "disconnected" && state !== asked) await this.#process.type("!reconnect");
      asked = state;
      return state?.type === "connected";
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  #start(): ChatClientProcess {
    const args = ["--insecure", "--room", ROOM, "--stay"];
    const process = this.#room.client(this.#port, this.nick, args);
    this.lives.push(process.events);
    return process;
  }
}

/** Whether all are in their rooms. */
function areReady(crowd: readonly CrowdMember[]): boolean {
  for (const { nick, faults } of crowd) assert.deepEqual(faults, [], nick);
  return crowd.every(({ isReady }) => isReady);
}

/** Looks whether all processes of a client together have shown each line once, or marked it. */
function checkShown({ lives, nick }: Typist, lines: number): void {
  let last = 0;
  for (const event of lives.flat()) {
    if (event.type === "local") assert(!event.isError, `${nick}: ${event.lines}`);
    if (event.type !== "line") continue;
    const isInOrder = event.isMaybeSeen ? event.id <= last + 1 : event.id === last + 1;
    assert(isInOrder, `${nick} was shown ${event.id} after ${last}, ${event.isMaybeSeen}`);
    last = Math.max(last, event.id);
  }
  assert.equal(last, lines, `${nick} was shown everything`);
}

/** Looks whether a client of the crowd has said and seen what is stored. */
function checkMember(member: CrowdMember, next: CrowdMember, stored: readonly StoredChatLine[]) {
  const { nick, author, typed, faults, refused, shown } = member;
  assert.deepEqual([faults, refused], [[], []], nick);
  assert.equal(member.arrivals, KILLS + 1, `${nick} was there each time: ${member.ends}`);
  const isPublic = ({ where }: { readonly where: string }) => where === ROOM;
  const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);
  const own = stored.filter((line) => line.author === author);
  const public_ = typed.filter(isPublic);
  assert.deepEqual(texts(own), texts(public_), `${nick} has said each line once, in order`);
  const seen = (shown.get(ROOM) ?? []).map(({ id, author, nick, text }) => {
    return { id, author, nick, text };
  });
  assert.deepEqual(seen, stored, `${nick} has seen what is stored`);
  const given = typed.filter((line) => !isPublic(line));
  const got = (next.shown.get("@") ?? []).filter((line) => line.author === author);
  assert.deepEqual(texts(got), texts(given), `${nick} has told its neighbour`);
}

/** Looks whether what a real client has said is stored once, in order. */
function checkSaid({ nick, lives, typed }: Typist, stored: readonly StoredChatLine[]): void {
  const own = stored.filter((line) => line.nick === nick).map(({ text }) => Number(text.slice(4)));
  assert(own.every((number, i) => number > (own[i - 1] ?? 0)), `${nick}: ${own}`);
  if (lives.length === 1) assert.equal(own.length, typed);
  // What was not yet safe when it was killed may be lost, or be there all the same.
  for (const event of lives.flat()) {
    if (event.type === "queued") assert(own.includes(Number(event.text.slice(4))), event.text);
  }
}

Deno.test(`chat serve, killed ${KILLS} times, loses and doubles nothing of ${CLIENTS} clients`, () =>
  withChat(async (room) => {
    const random = new Random(5);
    let server = await room.serve(SERVER);
    const { port } = server;
    let onAck = () => {};
    const first = new Map<number, string>();
    const stolen: string[] = [];
    const crowd = Array.from({ length: CLIENTS }, (_, i) =>
      new CrowdMember({
        port: Number(port),
        nick: `crowd-${i}`,
        rooms: [ROOM],
        inFlight: 3,
        onAck: () => onAck(),
        onLine({ id, where, author, text }) {
          if (where !== ROOM) return;
          const what = `${author}: ${text}`;
          if (!first.has(id)) first.set(id, what);
          if (first.get(id) !== what) stolen.push(`${id} was ${first.get(id)}, is ${what}`);
        },
      }));
    const nextOf = (at: number) => crowd[(at + 1) % CLIENTS] as CrowdMember;
    await using ada = new Typist(room, port, "ada");
    await using bob = new Typist(room, port, "bob");
    await until("all are there", () => areReady(crowd));
    for (const { process } of [ada, bob]) await process.event("page", (page) => page.room === ROOM);
    const acknowledged = () => crowd.reduce((sum, member) => sum + member.acknowledged, 0);
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = acknowledged();
      const typing = [ada.type(10), bob.type(10)];
      for (let i = 0; i < LINES_EACH; i++) {
        for (const [at, member] of crowd.entries()) {
          const number = member.typed.length + 1;
          const isPrivate = number % PRIVATE_EVERY === 0;
          member.say(isPrivate ? `@${nextOf(at).nick}` : ROOM, `line ${number}`);
        }
      }
      const isForBob = kill % CLIENT_KILLED_EVERY === 0;
      const middle = random.between(LINES_A_KILL / 10, LINES_A_KILL * 0.8);
      await new Promise<void>((resolve) => {
        onAck = () => {
          const taken = acknowledged() - before;
          if (isForBob && taken >= middle / 2) bob.process.kill();
          if (taken < middle) return;
          server.process.kill();
          onAck = () => {};
          resolve();
        };
      });
      await Promise.all(typing);
      await server.process.ended;
      server = await room.serve(SERVER, port);
      if (isForBob) await bob.restart();
      await until("all are back", () => areReady(crowd));
      for (const typist of [ada, bob]) await typist.back();
    }
    await using _server = server;
    await until("all is acknowledged", () => {
      return acknowledged() === CLIENTS * LINES_EACH * KILLS;
    });
    for (const typist of [ada, bob]) {
      await typist.type(1);
      const last = `${typist.nick} ${typist.typed}`;
      for (const { process } of [ada, bob]) {
        await process.event("line", ({ text }) => text === last);
      }
    }
    const stored = room.lines(ROOM);
    const last = stored.length;
    await until("all have seen all", () => crowd.every((member) => member.last(ROOM) === last));
    await Promise.all(crowd.map((member) => member.leave()));

    assert.deepEqual(stolen, [], "an id is that of one line for ever");
    assert.deepEqual(stored.map(({ id }) => id), stored.map((_, i) => i + 1));
    for (const [at, member] of crowd.entries()) checkMember(member, nextOf(at), stored);
    for (const typist of [ada, bob]) {
      checkSaid(typist, stored);
      checkShown(typist, last);
    }
  }));

Deno.test("chat join, killed while nobody reads its output, shows again what was not read", () =>
  withChat(async (room) => {
    await using server = await room.serve(SERVER);
    const { port } = server;
    await using bob = new Typist(room, port, "bob");
    await bob.process.event("page", (page) => page.room === ROOM);
    const ada = new CrowdMember({ port: Number(port), nick: "ada", rooms: [ROOM] });
    const goOn = bob.process.stopReading();
    for (let number = 1; number <= UNREAD; number++) {
      ada.say(ROOM, `ada ${number} ${"x".repeat(300)}`);
    }
    await until("all is said", () => ada.acknowledged === UNREAD);
    await ada.leave();
    await wait(500); // it has written what the pipe takes
    bob.process.kill();
    goOn();
    await bob.restart();
    await bob.process.event("line", ({ id }) => id === UNREAD);
    const [before = []] = bob.lives;
    assert(before.filter(({ type }) => type === "line").length < UNREAD, "the pipe was full");
    checkShown(bob, UNREAD);
  }));
