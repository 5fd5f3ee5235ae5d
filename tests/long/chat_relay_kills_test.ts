/** Games between two real clients that are killed at any moment, and so is their server. */
import assert from "node:assert/strict";
import { type ChatClientProcess, type ChatServerProcess, withChat } from "../e2e/chat_room.ts";
import { until } from "../e2e/collect_room.ts";
import { runTram, wait } from "../e2e/processes.ts";
import { Random } from "../random.ts";

const DEATHS = 30;
/** Longest time between two deaths, in milliseconds. */
const MOST_MS = 800;
/** Games that must be over after the last of them. */
const GAMES_AFTER = 2;

/** Plays any legal move whenever it is its turn, until it is killed. */
async function play(client: ChatClientProcess, random: Random): Promise<void> {
  for (let at = 0;; at++) {
    const { type } = await client.event("role", ({ role }) => role === "emitter", at);
    at = client.events.findIndex((event, i) => {
      return i >= at && event.type === type && event.role === "emitter";
    });
    const moves = client.events.slice(0, at).findLast((event) => event.type === "state")?.moves;
    if (moves !== undefined) await client.type(random.pick(moves));
  }
}

Deno.test("games of a relay go on, however often server and players are killed", () =>
  withChat(async (room) => {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    const random = new Random(seed);
    await using all = new AsyncDisposableStack();
    const serve = async (port: string) =>
      all.use(await room.serve(["--mode", "relay", "--game", "tictactoe"], port));
    let server: ChatServerProcess = await serve("0");
    const { port } = server;
    const clients = new Map<string, ChatClientProcess>();
    const join = (nick: string) => {
      const client = all.use(room.client(port, nick));
      clients.set(nick, client);
      play(client, random).catch(() => {}); // it was killed; or the games stand still, which shows
      // Without a terminal a client does not wait for a server that is down when it starts.
      client.ended.then(({ code }) => code === 69 && !all.disposed && join(nick));
    };
    join("ada");
    await clients.get("ada")?.event("number");
    join("bob");
    for (let death = 0; death < DEATHS; death++) {
      await wait(random.below(MOST_MS));
      const victim = random.pick(["ada", "bob", "server"]);
      if (victim === "server") {
        server.process.kill();
        server = await serve(port);
      } else {
        clients.get(victim)?.kill();
        join(victim);
      }
    }
    const over = (nick: string) => clients.get(nick)?.of("verdict").filter((one) => one.isOver);
    await until(`${GAMES_AFTER} games more are over, seed ${seed}`, () => {
      return ["ada", "bob"].every((nick) => (over(nick)?.length ?? 0) >= GAMES_AFTER);
    });
    for (const [nick, client] of clients) {
      const numbers = new Set(client.of("number").map(({ number }) => number));
      assert.deepEqual(
        [...numbers],
        [nick === "ada" ? 1 : 2],
        `${nick} keeps its seat, seed ${seed}`,
      );
    }
    const { code, stdout } = await runTram(["chat", "replay", room.store], room.env);
    assert.equal(code, 0, `seed ${seed}`);
    assert.match(stdout, /\n\d+ events, all by the rules\n$/);
  }));
