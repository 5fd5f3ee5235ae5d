/** Pairs that take turns, with real clients: what each of them is told, in order. */
import assert from "node:assert/strict";
import { type ChatClientProcess, type ChatRoom, type ClientEvent, withChat } from "./chat_room.ts";
import { runTram, TramProcess } from "./processes.ts";

type EventType = ClientEvent["type"];

/** A client, whose events are taken in their order. */
class Seat implements AsyncDisposable {
  readonly process: ChatClientProcess;
  #taken = 0;

  constructor(room: ChatRoom, port: string, nick: string) {
    this.process = room.client(port, nick);
  }

  /** Waits for the next event of a type; those before it are passed over. */
  async next<T extends EventType>(type: T) {
    const event = await this.process.event(type, () => true, this.#taken);
    this.#taken = this.process.events.findIndex((one) => Object.is(one, event)) + 1;
    return event;
  }

  /** Waits for the next role. */
  async role(): Promise<string> {
    return (await this.next("role")).role;
  }

  /** Types a message when it is this seat's turn, and waits until it has gone. */
  async say(text: string): Promise<void> {
    await this.process.type(text);
    assert.equal(await this.role(), "receiver");
  }

  /** Waits for a message: it is this seat's turn then. */
  async heard(): Promise<readonly [number, number, string]> {
    const { number, turn, text } = await this.next("message");
    assert.equal(await this.role(), "emitter");
    return [number, turn, text];
  }

  /** Waits until it has a seat. */
  async seated(): Promise<readonly [number, string, string | undefined]> {
    const { number } = await this.next("number");
    const { role, last } = await this.next("role");
    return [number, role, last];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process[Symbol.asyncDispose]();
  }
}

Deno.test("two clients of a relay take turns, one gives its seat up, and another goes on", () =>
  withChat(async (room) => {
    await using server = await room.serve(["--mode", "relay"]);
    const { port } = server;
    await using ada = new Seat(room, port, "ada");
    assert.deepEqual(await ada.seated(), [1, "waiting", undefined]);
    await using bob = new Seat(room, port, "bob");
    assert.deepEqual(await bob.seated(), [2, "receiver", undefined]);
    assert.equal(await ada.role(), "emitter");
    await ada.say("one");
    assert.deepEqual(await bob.heard(), [1, 1, "one"]);
    await bob.say("two");
    assert.deepEqual(await ada.heard(), [2, 2, "two"]);
    await bob.process.type("not now");
    assert.equal((await bob.next("refused")).code, "not-your-turn");
    // Words of the protocol are words, where people say them.
    await ada.say("EXIT");
    assert.deepEqual(await bob.heard(), [1, 3, "EXIT"]);
    await bob.say("four");
    assert.deepEqual(await ada.heard(), [2, 4, "four"]);

    await bob.process.type("fin");
    assert.equal((await bob.process.ended).code, 0);
    const { number, why } = await ada.next("peer-left");
    assert.deepEqual([number, why], [2, "fin"]);
    await ada.say("five");
    await using cyd = new Seat(room, port, "cyd");
    assert.deepEqual(await cyd.seated(), [2, "emitter", "five"]);
    const { number: taken, what } = await ada.next("peer");
    assert.deepEqual([taken, what], [2, "joined"]);
    await cyd.say("six");
    assert.deepEqual(await ada.heard(), [2, 6, "six"]);
    // A fourth has nobody to talk to yet. It has no JSON: what people read is as good.
    const plain = ["chat", "join", "--port", port, "--nick", "dan", "--no-state", "--stay"];
    await using dan = new TramProcess(plain, room.env);
    await server.process.event("joined", ({ clientId }) => clientId === "dan");
    await ada.say("seven"); // stored after dan has sat down
    assert.deepEqual(await cyd.heard(), [1, 7, "seven"]);

    server.process.kill("SIGINT");
    assert.equal((await server.process.ended).code, 0);
    for (const seat of [ada, cyd]) {
      await seat.next("exit");
      assert.equal((await seat.process.ended).code, 0);
    }
    const { code, stdout, stderr } = await dan.ended;
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /this is seat 3; fin gives it up\n[^]*the server ends: /);

    const replay = await runTram(["chat", "replay", room.store, "1"], room.env);
    assert.equal(replay.code, 0);
    assert.match(replay.stdout, /5\. seat 1 \(ada\): five\n.*seat 2 \(cyd\) sits down\n/);
    assert.match(replay.stdout, /\n\d+ events, all by the rules\n$/);
  }));

Deno.test("a game of a relay goes on after the deaths of the server and of a player", () =>
  withChat(async (room) => {
    const game = ["--mode", "relay", "--game", "tictactoe"];
    await using killed = await room.serve(game);
    const { port } = killed;
    await using ada = new Seat(room, port, "ada");
    assert.equal((await ada.next("number")).game, "tictactoe");
    await using bob = new Seat(room, port, "bob");
    await bob.seated();
    assert.equal(await ada.role(), "waiting");
    assert.equal(await ada.role(), "emitter");
    await ada.say("b2");
    await bob.heard();
    await bob.process.type("b2");
    assert.equal((await bob.next("refused")).code, "illegal-move");
    await bob.say("a1");
    await ada.heard();

    killed.process.kill();
    await killed.process.ended;
    await using _server = await room.serve(game, port);
    await Promise.all([
      ada.seated().then((seat) => assert.deepEqual(seat, [1, "emitter", "a1"])),
      bob.seated().then((seat) => assert.deepEqual(seat, [2, "receiver", "b2"])),
    ]);
    await ada.say("c1");

    bob.process.kill();
    const lost = await ada.next("peer-left");
    assert.deepEqual([lost.number, lost.why, lost.keptMs], [2, "lost", 30_000]);
    await using again = new Seat(room, port, "bob");
    const { view } = await again.next("state");
    assert.deepEqual(view.slice(0, 4), ["    a b c", "  1 O . X", "  2 . X .", "  3 . . ."]);
    assert.equal((await again.next("role")).last, "c1");
    assert.equal((await ada.next("peer")).what, "back");
    await again.say("a2");
    await ada.heard();
    await ada.process.type("a3");
    for (const seat of [ada, again]) {
      const { code, winner, isOver } = await seat.next("verdict");
      assert.deepEqual([code, winner, isOver], ["won", 1, true]);
    }
    // The next game is begun by the other side.
    assert.deepEqual(await Promise.all([ada.role(), again.role()]), ["receiver", "emitter"]);
    await again.say("c3");
    await ada.heard();

    const replay = await runTram(["chat", "replay", room.store, "--json"], room.env);
    assert.equal(replay.code, 0);
    const steps = replay.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert(steps.every(({ isLegal }) => isLegal === true));
    const told = steps.map(({ what, seat, text, outcome, winner }) => {
      return [what, seat, text ?? outcome, winner].filter((part) => part !== undefined).join(" ");
    });
    assert.deepEqual(told.filter((step) => !/^(lost|back)/.test(step)), [
      ...["seated 1", "seated 2", "begun", "said 1 b2", "said 2 a1", "restarted", "said 1 c1"],
      ...["said 2 a2", "said 1 a3", "over won 1", "begun", "said 2 c3"],
    ]);
    assert(told.includes("lost 2") && told.includes("back 2"));
  }));
