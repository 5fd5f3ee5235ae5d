/** Our client and our server, while lines break, servers die, and clients die. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ChatWorld } from "../chat_world.ts";
import { type ScriptClient, ScriptWorld, settleAll } from "./script_server.ts";

type Step =
  | { readonly do: "say" | "bob" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "cut" | "kill-client" | "end-client" | "kill-server" | "say-in-a-row" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: "say" } as const) },
  { weight: 4, arbitrary: fc.constant({ do: "bob" } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 5000 })),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("cut", "kill-client", "end-client", "kill-server", "say-in-a-row"),
    }),
  },
);

/** Ids of lines of #lobby, as somebody has seen them over all deaths, and which may be repeats. */
function idsOf(clients: readonly ScriptClient[]): { id: number; isMaybeSeen: boolean }[] {
  return clients.flatMap((one) => one.of("line").filter(({ where }) => where === "#lobby"))
    .map(({ id, isMaybeSeen }) => ({ id, isMaybeSeen }));
}

async function play(steps: readonly Step[]): Promise<void> {
  const path = { delayUs: 3000 };
  const chat = await ChatWorld.create({ path: { there: path, back: path } });
  const world = new ScriptWorld(chat.clock, chat.network);
  const [bob] = await chat.members("#lobby", "bob");
  const others: string[] = [];
  const typed: string[] = [];
  const clients: ScriptClient[] = [];
  let ada = await world.join({ last: 500 }, new Map());
  clients.push(ada);
  const say = async () => {
    typed.push(`t${typed.length + 1}`);
    assert(await ada.client.say("#lobby", typed.at(-1) ?? ""));
  };
  for (const one of steps) {
    switch (one.do) {
      case "say":
        await say();
        break;
      case "say-in-a-row":
        for (let i = 0; i < 80; i++) await say();
        break;
      case "bob":
        if (bob?.connection?.isOpen) {
          others.push(`b${others.length + 1}`);
          bob.say(others.at(-1) ?? "");
        }
        break;
      case "wait":
        await chat.clock.advance(one.ms);
        break;
      case "cut":
        chat.network.links.at(-1)?.cut();
        await settleAll();
        break;
      case "kill-server":
        await chat.stopServer("kill");
        await chat.clock.advance(500);
        await chat.serve();
        break;
      case "kill-client":
      case "end-client": {
        if (one.do === "end-client") await world.leave(ada);
        const disk = ada.kill();
        await settleAll();
        ada = await world.join({ rooms: undefined, last: 500 }, disk);
        clients.push(ada);
      }
    }
  }
  await chat.clock.advance(120_000);
  const page = await chat.store.linesAfter("#lobby", 0, 500_000);
  const stored = page.lines.map(({ text }) => text);
  assert.deepEqual(stored.filter((text) => text.startsWith("t")), typed, "once, in order");
  assert.equal(ada.client.waiting, 0);
  const said = clients.flatMap((one) => one.of("local")).flatMap(({ lines }) => lines);
  assert.deepEqual(said, [], "nobody complained");
  let last = 0;
  for (const { id, isMaybeSeen } of idsOf(clients)) {
    if (isMaybeSeen) assert(id <= last + 1, `${id} after ${last}`);
    else assert.equal(id, last + 1);
    last = Math.max(last, id);
  }
  assert.equal(last, stored.length, "nothing was left out");
  await world.leave(ada);
  await chat.stopServer("kill");
}

Deno.test("ChatClient loses and repeats nothing, whatever dies", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), play),
    { numRuns: 30 },
  );
});
