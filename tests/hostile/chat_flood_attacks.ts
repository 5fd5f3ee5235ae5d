/** Too much of everything. */
import assert from "node:assert/strict";
import { MAX_ROOMS } from "../../lib/chat/limits.ts";
import type { PresenceEvent, RoomState } from "../../lib/chat/messages.ts";
import { chatService } from "../../lib/chat/protocol.ts";
import { BURST, type ChatAttacks, PACE } from "./chat_attack.ts";
import { CrowdMember } from "../e2e/chat_crowd.ts";
import { ChatRoom } from "../e2e/chat_room.ts";
import { Villain } from "./chat_villain.ts";
import { until } from "../e2e/collect_room.ts";

/** Who fill the lane of a reader that stops, and the buffers of the system before it. */
const TALKERS = 12;
const PIECE = 100;

/** Who send ten thousand lines to somebody. */
const SENDERS = Math.ceil(10_000 / BURST);

/** Floods of lines, commands, rooms and connections; somebody who does not read. */
export const floodAttacks: ChatAttacks = {
  async "a reader that stops is cut, others in its room go on"({ port, server }) {
    const room = "#busy";
    using deaf = await Villain.enter(port, "deaf");
    await deaf.join(room);
    const reader = new CrowdMember({ port: Number(port), nick: "reader", rooms: [room] });
    await until("the reader is there", () => reader.isReady);
    const goOn = deaf.stopReading();
    const text = "x".repeat(4000);
    const talkers = Array.from({ length: TALKERS }, (_, i) => {
      return new CrowdMember({ port: Number(port), nick: `talker-${i}`, rooms: [room] });
    });
    await until("they are there", () => talkers.every(({ isReady }) => isReady));
    const cut = () => server.process.of("left").find(({ clientId }) => clientId === "deaf");
    let said = 0;
    for (; said < TALKERS * BURST && cut() === undefined; said += PIECE) {
      for (let i = 0; i < PIECE; i++) talkers[said / PIECE % TALKERS]?.say(room, text);
      await until("it is taken", () => talkers.every((t) => t.acknowledged === t.typed.length));
    }
    await until("it is cut", () => cut() !== undefined);
    assert.equal(cut()?.code, "slow-reader");
    await until("the others have all", () => reader.last(room) === said);
    goOn();
    const { code } = await deaf.over();
    assert(code === "slow-reader" || code === "", code); // nobody can be told who does not read
    for (const one of [reader, ...talkers]) {
      await one.leave();
      assert.deepEqual([one.faults, one.ends, one.notices], [[], [], []], one.nick);
    }
  },

  async "a flood of lines is slowed down, then cut"({ port }) {
    using witness = await Villain.enter(port, "witness");
    await witness.join("#flood");
    const fast = new CrowdMember({ port: Number(port), nick: "fast", rooms: ["#flood"] });
    for (let number = 1; number <= BURST + PACE; number++) fast.say("#flood", `fast ${number}`);
    await until("all is taken", () => fast.acknowledged === fast.typed.length);
    await fast.leave();
    // Once in each burst; where the machine is busy, there may be a pause in it.
    assert.deepEqual([...new Set(fast.notices.map(({ code }) => code))], ["pace"]);
    assert.deepEqual([fast.faults, fast.ends], [[], []]);
    using flood = await Villain.enter(port, "flood");
    await flood.join("#flood");
    await flood.sayMany(BURST + 1000, "#flood", (number) => `flood ${number}`);
    assert.equal((await flood.over()).code, "chat.flood");
    const left = () =>
      witness.all("presence").flatMap((p) => (p as { events: PresenceEvent[] }).events)
        .find(({ what, nick }) => what === "left" && nick === "flood");
    await until("the others are told", () => left() !== undefined);
    assert.match(left()?.reason ?? "", /sends too much/);
  },

  async "a flood of commands is cut"({ port }) {
    using flood = await Villain.enter(port, "orders");
    for (let i = 0; i < BURST + 1000; i++) {
      await flood.send(chatService.kinds.command.code, "!rooms");
    }
    assert.equal((await flood.over()).code, "chat.flood");
  },

  async "a flood in a relay is cut, too"({ room }) {
    const folder = `${room.folder}/flood`;
    await Deno.mkdir(folder);
    await using relay = await new ChatRoom(folder).serve(["--mode", "relay", "--insecure"]);
    using flood = await Villain.enter(relay.port, "flood");
    await flood.sayMany(1000, "", (number) => `flood ${number}`);
    assert.equal((await flood.over()).code, "chat.flood");
    assert.deepEqual(relay.process.of("trouble"), []);
  },

  async "ten thousand rooms are too many"({ port, server }) {
    using greedy = await Villain.enter(port, "greedy");
    for (let i = 0; i < 100; i++) await greedy.sendJson("join", { room: `#greedy-${i}`, last: 0 });
    assert.equal(await greedy.handled(), undefined);
    const rooms = new Set((greedy.all("room") as RoomState[]).map(({ room }) => room));
    assert.equal(rooms.size, MAX_ROOMS);
    assert.equal(greedy.notices.filter((code) => code === "room-refused").length, 100 - MAX_ROOMS);
    for (let i = 0; i < 10_000; i++) {
      await greedy.sendJson("join", { room: `#greedy-${i}`, last: 0 });
    }
    assert.equal((await greedy.over()).code, "chat.flood");
    using passing = await Villain.enter(port, "passing");
    for (let i = 0; i < BURST / 2 - 10; i++) {
      await passing.sendJson("join", { room: `#passing-${i}`, last: 0 });
      await passing.sendJson("leave", { room: `#passing-${i}` });
    }
    assert.equal(await passing.handled(), undefined);
    const from = server.process.events.length;
    await server.process.type("!rooms");
    const { lines = [] } = await server.process.event("reply", () => true, from);
    assert(!lines.some((line) => line.includes("#passing-")), "rooms without anybody are gone");
  },

  async "ten thousand private lines wait for somebody who is away"({ room, port }) {
    const away = await room.joined(port, "away", ["--insecure", "--stay", "--room", "#quiet"]);
    away.kill("SIGINT");
    await away.ended;
    const senders = Array.from({ length: SENDERS }, (_, i) => {
      const nick = `mail-${i}`;
      const sender = new CrowdMember({ port: Number(port), nick, rooms: [] });
      for (let number = 1; number <= BURST; number++) sender.say("@away", `${number}`);
      return sender;
    });
    await until("all is taken", () => senders.every(({ acknowledged }) => acknowledged === BURST));
    for (const sender of senders) {
      assert(sender.notices.some(({ code }) => code === "away"));
      assert.deepEqual([sender.faults, sender.ends], [[], []]);
      await sender.leave();
    }
    await using back = await room.joined(port, "away", ["--insecure", "--stay", "--last", "0"]);
    await until("all is there", () => back.of("line").length >= SENDERS * BURST);
    const got = back.of("line").filter(({ isPrivate }) => isPrivate);
    assert.deepEqual(got.map(({ id }) => id), got.map((_, i) => i + 1));
    for (let i = 0; i < SENDERS; i++) {
      const texts = got.filter(({ nick }) => nick === `mail-${i}`).map(({ text }) => Number(text));
      assert.deepEqual(texts, Array.from({ length: BURST }, (_, at) => at + 1), `of mail-${i}`);
    }
  },

  async "five hundred come and go"({ port }) {
    const visit = async (number: number) => {
      if (number % 3 === 0) return (await Villain.knock(port))[Symbol.dispose]();
      using visitor = await Villain.enter(port, `visitor-${number}`);
      if (number % 3 === 1) return;
      await visitor.sendJson("join", { room: "#lobby", last: 50 });
    };
    for (let number = 0; number < 500; number += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => visit(number + i)));
    }
  },
};
