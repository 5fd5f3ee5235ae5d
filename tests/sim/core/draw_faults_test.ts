import assert from "node:assert/strict";
import { drawFaults, type FaultMenu } from "./draw_faults.ts";
import { isAtOnce } from "./fault.ts";

const MENUS: readonly FaultMenu[] = [
  { machine: "server", kinds: ["kill", "cut", "slow-disk"], weight: 3 },
  { machine: "desk", kinds: ["step", "freeze"] },
];

Deno.test("drawFaults() gives the same faults for the same seed, and others for another", () => {
  assert.deepEqual(drawFaults(7, MENUS, 10_000), drawFaults(7, MENUS, 10_000));
  assert.notDeepEqual(drawFaults(7, MENUS, 10_000), drawFaults(8, MENUS, 10_000));
});

Deno.test("drawFaults() keeps to the menus and to the time, in order", () => {
  const counts = { none: 0, server: 0, desk: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    const faults = drawFaults(seed, MENUS, 10_000);
    if (faults.length === 0) counts.none++;
    let beforeMs = 0;
    for (const { atMs, forMs, kind, machine, dice } of faults) {
      const menu = MENUS.find((one) => one.machine === machine);
      assert.ok(menu?.kinds.includes(kind), `${kind} of ${machine}`);
      counts[machine as "server" | "desk"]++;
      assert.ok(atMs >= beforeMs && forMs >= 0 && atMs + forMs <= 10_000, `${atMs} for ${forMs}`);
      assert.equal(forMs === 0, isAtOnce(kind));
      assert.ok(dice >= 0 && dice < 1);
      beforeMs = atMs;
    }
  }
  assert.ok(counts.none > 10 && counts.none < 60, `${counts.none} without`);
  const share = counts.server / (counts.server + counts.desk);
  assert.ok(share > 0.7 && share < 0.8, `${share} of them at the server`);
});
