/** Two hundred clients of `chat` that come back at once, each with lines that it could not send. */
import assert from "node:assert/strict";
import { CrowdMember } from "./chat_crowd.ts";
import { withChat } from "./chat_room.ts";
import { until } from "./collect_room.ts";

const CLIENTS = 200;

/** Each is in a room of all, and in one of so many. */
const ALL = "#all";
const ROOMS = 10;

/** Lines that each has when the server comes back: more than it could say at once otherwise. */
const UNSENT = 60;

Deno.test(`chat serve takes the lines of ${CLIENTS} clients that come back at once`, () =>
  withChat(async (room) => {
    const server = await room.serve(["--insecure"]);
    const { port } = server;
    const crowd = Array.from({ length: CLIENTS }, (_, i) => {
      return new CrowdMember({
        port: Number(port),
        nick: `storm-${i}`,
        rooms: [ALL, `#part-${i % ROOMS}`],
      });
    });
    const areReady = () => crowd.every(({ isReady }) => isReady);
    await until("all are there", areReady);
    for (const member of crowd) member.say(ALL, "before");
    await until(
      "that is acknowledged",
      () => crowd.every(({ acknowledged }) => acknowledged === 1),
    );
    server.process.kill();
    await server.process.ended;
    for (const [i, member] of crowd.entries()) {
      for (let line = 1; line < UNSENT; line++) member.say(`#part-${i % ROOMS}`, `line ${line}`);
      member.say(ALL, "after");
    }
    await using _server = await room.serve(["--insecure"], port);
    await until("all are back", areReady);
    const own = UNSENT + 1;
    await until(
      "all is acknowledged",
      () => crowd.every(({ acknowledged }) => acknowledged === own),
    );
    await until("all have seen all", () => {
      return crowd.every((member) =>
        member.last(ALL) === 2 * CLIENTS &&
        member.last(`#part-${Number(member.nick.slice(6)) % ROOMS}`) ===
          CLIENTS / ROOMS * (UNSENT - 1)
      );
    });
    await Promise.all(crowd.map((member) => member.leave()));
    for (const { nick, faults, refused, notices, arrivals, typed, author } of crowd) {
      assert.deepEqual([faults, refused, notices, arrivals], [[], [], [], 2], nick);
      const part = `#part-${Number(nick.slice(6)) % ROOMS}`;
      for (const place of [ALL, part]) {
        const said = room.lines(place).filter((line) => line.author === author);
        const wanted = typed.filter(({ where }) => where === place);
        assert.deepEqual(said.map(({ text }) => text), wanted.map(({ text }) => text), nick);
      }
    }
  }));
