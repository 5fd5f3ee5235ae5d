/**
 * What anybody on the network can do to a server of `chat`, while two honest clients talk in another
 * process: these notice nothing, and whoever did it is told.
 */
import assert from "node:assert/strict";
import { PACE } from "./chat_attack.ts";
import { floodAttacks } from "./chat_flood_attacks.ts";
import { forgeryAttacks } from "./chat_forgery_attacks.ts";
import { frameAttacks } from "./chat_frame_attacks.ts";
import { withChat } from "./chat_room.ts";
import { textAttacks } from "./chat_text_attacks.ts";
import { JsonProcess } from "./json_process.ts";
import { fromSource } from "./root.ts";

const attacks = { ...floodAttacks, ...forgeryAttacks, ...frameAttacks, ...textAttacks };

/** What the two honest clients have noticed at the end. */
interface Told {
  readonly type: string;
  readonly said: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

/** Longest way of an honest line, in milliseconds: many times what it takes on a busy machine. */
const MOST_MS = 5000;

Deno.test("chat serve, under attack, serves two honest clients as if nothing was", (t) =>
  withChat(async (room) => {
    await using server = await room.serve(["--insecure", "--pace", `${PACE}`]);
    const { port } = server;
    await using honest = new JsonProcess<Told>([port], {}, {
      command: Deno.execPath(),
      prefix: ["run", "-A", fromSource("tests/e2e/chat_honest_process.ts")],
    });
    await honest.event("ready");
    for (const [title, attack] of Object.entries(attacks)) {
      await t.step(title, () => attack({ room, server, port }));
    }
    await honest.endInput();
    const told = await honest.event("told");
    assert.deepEqual([told.faults, told.notices], [[], []]);
    assert(told.mostMs < MOST_MS, `a line took ${told.mostMs} ms`);
    assert.deepEqual(server.process.of("trouble"), []);
    server.process.kill("SIGINT");
    const { code, stderr } = await server.process.ended;
    assert.deepEqual([code, stderr], [0, ""]);
  }));
