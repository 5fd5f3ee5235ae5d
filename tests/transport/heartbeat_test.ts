import assert from "node:assert/strict";
import { Heartbeat, type HeartbeatAction } from "../../lib/transport/heartbeat.ts";

/** Bytes received and written since the start, whether a write is in flight, and what to do. */
type Row = readonly [
  receivedBytes: number,
  writtenBytes: number,
  isWriting: boolean,
  action: HeartbeatAction,
];

const TABLES: readonly { readonly claim: string; readonly rows: readonly Row[] }[] = [
  {
    claim: "does nothing while bytes come in",
    rows: [[1, 0, false, "nothing"], [2, 0, false, "nothing"], [9, 0, false, "nothing"]],
  },
  {
    claim: "asks twice and gives a peer up that was silent from the start",
    rows: [[0, 0, false, "ping"], [0, 0, false, "ping"], [0, 0, false, "silent"]],
  },
  {
    claim: "counts silence anew after a single byte",
    rows: [
      [10, 0, false, "nothing"],
      [10, 0, false, "ping"],
      [10, 0, false, "ping"],
      [11, 0, false, "nothing"],
      [11, 0, false, "ping"],
      [11, 0, false, "ping"],
      [11, 0, false, "silent"],
    ],
  },
  {
    claim: "stays with silent once it is so",
    rows: [
      [0, 0, false, "ping"],
      [0, 0, false, "ping"],
      [0, 0, false, "silent"],
      [0, 0, false, "silent"],
    ],
  },
  {
    claim: "gives a peer up that talks but takes nothing for three heartbeats",
    rows: [
      [1, 50, true, "nothing"],
      [2, 50, true, "nothing"],
      [3, 50, true, "nothing"],
      [4, 50, true, "stalled"],
    ],
  },
  {
    claim: "is content with a slow peer that takes a byte now and then",
    rows: [
      [1, 50, true, "nothing"],
      [2, 50, true, "nothing"],
      [3, 50, true, "nothing"],
      [4, 51, true, "nothing"],
      [5, 51, true, "nothing"],
      [6, 51, true, "nothing"],
      [7, 52, true, "nothing"],
    ],
  },
  {
    claim: "does not call it stalled when there is nothing to write",
    rows: [
      [1, 0, false, "nothing"],
      [2, 0, false, "nothing"],
      [3, 0, false, "nothing"],
      [4, 0, false, "nothing"],
    ],
  },
  {
    claim: "counts a stall anew when a write was finished in between",
    rows: [
      [1, 50, true, "nothing"],
      [2, 50, true, "nothing"],
      [3, 50, false, "nothing"],
      [4, 50, true, "nothing"],
      [5, 50, true, "nothing"],
      [6, 50, true, "stalled"],
    ],
  },
  {
    claim: "says silent rather than stalled when it is both",
    rows: [[0, 0, true, "ping"], [0, 0, true, "ping"], [0, 0, true, "silent"]],
  },
  {
    claim: "asks a peer that is silent while it is being written to",
    rows: [[5, 10, true, "nothing"], [5, 20, true, "ping"], [5, 30, true, "ping"]],
  },
];

for (const { claim, rows } of TABLES) {
  Deno.test(`tick() ${claim}`, () => {
    const heartbeat = new Heartbeat();
    const actions = rows.map(([received, written, isWriting], writes) =>
      heartbeat.tick(received, written, isWriting, writes + 1)
    );
    assert.deepEqual(actions, rows.map(([, , , action]) => action));
  });
}

Deno.test("tick() gives a peer up between three and four heartbeats after its last byte", () => {
  for (const lastByteAt of [0, 0.001, 0.5, 0.999, 1, 1.5]) {
    const heartbeat = new Heartbeat();
    let at = 0;
    let received = 0;
    do {
      at++;
      if (lastByteAt > at - 1 && lastByteAt <= at) received += 1;
    } while (heartbeat.tick(received, 0, false, at) !== "silent");
    assert.ok(at - lastByteAt >= 3 && at - lastByteAt <= 4, `${at - lastByteAt} heartbeats`);
  }
});

Deno.test("tick() asks a peer that talks while this side has written nothing", () => {
  const heartbeat = new Heartbeat();
  const rows = [[1, 0, 1], [2, 0, 1], [3, 0, 2], [4, 0, 2]] as const;
  const actions = rows.map(([received, written, writes]) =>
    heartbeat.tick(received, written, false, writes)
  );
  assert.deepEqual(actions, ["nothing", "ping", "nothing", "ping"]);
});
