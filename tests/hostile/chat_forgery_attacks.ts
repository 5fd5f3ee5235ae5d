/** Pretending to be somebody else, or to have said something else. */
import assert from "node:assert/strict";
import { chatService } from "../../lib/chat/protocol.ts";
import { encodeHello } from "../../lib/transport/handshake_messages.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import type { StoredSession } from "../../lib/transport/session/session_state.ts";
import type { ChatAttacks } from "./chat_attack.ts";
import { Villain } from "./chat_villain.ts";
import { until } from "../e2e/collect_room.ts";

const { kinds } = chatService;

/** Lines, numbers, names and sessions that are not right. */
export const forgeryAttacks: ChatAttacks = {
  async "lines that are too long are refused"({ port }) {
    using long = await Villain.enter(port, "long");
    await long.join("#lobby");
    await long.say("#lobby", "y".repeat(4097));
    await long.say("#lobby", "");
    await long.say("#lobby", "two\nlines");
    await long.say("lobby", "nowhere");
    await long.say("#elsewhere", "not there");
    await long.say("@nobody-of-that-name", "hello");
    assert.equal(await long.handled(), undefined);
    await until("all are answered", () => long.acknowledged === 6);
    assert.deepEqual(long.refusals, [
      ...["too-long", "empty", "bad-line", "bad-where", "not-in-room", "no-such-nick"],
    ]);
    await long.say("#lobby", "z".repeat(1024 * 1024));
    assert.match((await long.over()).code, /^(bad-message|frame-too-large)$/);
  },

  async "numbers that are forged hurt nobody else"({ room, port }) {
    for (const sequence of [0n, 2n ** 53n, 2n ** 64n - 1n]) {
      using forger = await Villain.enter(port, "forger");
      const say = new Uint8Array(9);
      new DataView(say.buffer).setBigUint64(0, sequence);
      await forger.send(kinds.say.code, say);
      assert.equal((await forger.over()).code, "bad-message", `${sequence}`);
    }
    for (
      const json of [{ room: "#lobby", after: -1 }, { room: "#lobby", last: 1e9 }, { room: 5 }, []]
    ) {
      using forger = await Villain.enter(port, "forger");
      await forger.sendJson("join", json);
      assert.equal((await forger.over()).code, "bad-message", JSON.stringify(json));
    }
    using forger = await Villain.enter(port, "forger");
    await forger.sendJson("join", { room: "#lobby", after: Number.MAX_SAFE_INTEGER });
    await forger.sendJson("history", { room: "#flood", before: 0, limit: 500 });
    await forger.say("#lobby", "forged once", 7);
    await forger.say("#lobby", "forged again", 7);
    await forger.say("#lobby", "forged before", 3);
    await forger.say("#lobby", "forged after", Number.MAX_SAFE_INTEGER);
    assert.equal(await forger.handled(), undefined);
    await until("it is acknowledged", () => forger.acknowledged === Number.MAX_SAFE_INTEGER);
    const said = room.lines("#lobby").filter(({ text }) => text.startsWith("forged"));
    assert.deepEqual(said.map(({ text }) => text), ["forged once", "forged after"]);
    assert(forger.notices.includes("room-refused"), "history is for those who are there");
    for (const transfer of [0, 1, 0xffff_ffff]) {
      using thief = await Villain.enter(port, "thief");
      await thief.sendJson("answer", { transfer, isAccepted: true, offset: 0 });
      assert.equal((await thief.over()).code, "bad-message", `transfer ${transfer}`);
    }
  },

  async "nobody gets the name of another"({ port }) {
    const wanted = [
      "ada",
      "ADA",
      "\u0430da",
      "\uff41\uff44\uff41",
      "server",
      "console",
      "Tram",
      "guest-7",
    ];
    for (const nick of wanted) {
      using thief = await Villain.enter(port, nick);
      assert.notEqual((await thief.nick()).toLowerCase(), nick.toLowerCase());
      await until("it is told", () => thief.notices.includes("nick-changed"));
      await thief.sendJson("nick", { nick });
      assert.equal(await thief.handled(), undefined);
      assert(thief.notices.includes("nick-refused"), nick);
    }
    for (const id of ["a b", "a\x1bb", "", "x".repeat(65), "\u202eada"]) {
      using thief = await Villain.knock(port);
      const nonce = crypto.getRandomValues(new Uint8Array(32));
      const hello = { versions: [1], service: "chat", clientId: id, nonce, tokenName: "" };
      await thief.write(encodeHello(hello as Parameters<typeof encodeHello>[0]));
      assert.equal((await thief.over()).code, "bad-message", JSON.stringify(id));
    }
  },

  async "a session is for whoever has its cookie"({ room, port }) {
    const [ada] = room.query("SELECT id FROM sessions WHERE nick = 'ada'");
    const id = String(ada?.["id"]);
    const cookie = crypto.getRandomValues(new Uint8Array(32));
    assert.equal(await refusal(port, "ada", { id, cookie }), "bad-session");
    assert.equal(await refusal(port, "ada", { id: "0".repeat(32), cookie }), "bad-session");
    using owner = await Villain.enter(port, "owner");
    await owner.join("#lobby");
    await owner.say("#lobby", "mine");
    await until("it is said", () => owner.acknowledged === 1);
    assert(owner.session !== undefined);
    using thief = await Villain.enter(port, "owner", owner.session);
    assert.equal((await owner.over()).code, "taken-over");
    assert.equal(await thief.nick(), "owner", "who has the cookie is the owner");
    await owner.say("#lobby", "not any more");
    await thief.join("#lobby");
    await thief.say("#lobby", "of the thief", 2);
    await until("it is said", () => thief.acknowledged === 2);
    const said = room.lines("#lobby").filter(({ nick }) => nick === "owner");
    assert.deepEqual(said.map(({ text }) => text), ["mine", "of the thief"]);
  },
};

/** Why a client may not come in. */
async function refusal(port: string, id: string, session?: StoredSession): Promise<string> {
  try {
    using _ = await Villain.enter(port, id, session);
  } catch (error) {
    if (error instanceof LineError) return error.code;
    throw error;
  }
  return "";
}
