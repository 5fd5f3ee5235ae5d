/** What must hold in the model when a connection is over, whatever has happened to it. */
import type { Server } from "../../lib/transport/listen.ts";
import { modelService, type ModelSide } from "./model_side.ts";
import type { World } from "./world.ts";

/** Codes that a connection may end with between two sides that keep to the protocol. */
const CODES: ReadonlySet<string> = new Set(
  ["done", "shutting-down", "lost", "silent", "slow-reader", "overloaded", "internal"],
);

/**
 * Which of the contracts were broken towards `side`.
 *
 * @param inPeace whether nothing but goodbyes has ended the connection
 */
export function brokenBy(side: ModelSide, other: ModelSide, inPeace: boolean): string[] {
  const { connection, report } = side;
  if (connection === undefined || report === undefined) return [];
  const lostBytes = side.acceptedBytes - other.handledBytes;
  const { kinds } = modelService;
  return failed(side.name, [
    ...deliveries(side, other, report.confirmed),
    [CODES.has(report.code), `it ended with ${report.code}: ${report.message}`],
    [
      report.confirmed || report.by !== "here" || !inPeace,
      `its goodbye was not confirmed, though nothing was in the way: ${report.code}`,
    ],
    [
      report.unconfirmedBytes >= lostBytes,
      `unconfirmedBytes is ${report.unconfirmedBytes}, but ${lostBytes} were not handled`,
    ],
    [!connection.isOpen, "isOpen is true after the end"],
    [connection.stats.bytesQueued === 0, "bytes are queued after the end"],
    [!connection.send(kinds.normal, new Uint8Array(4)), "a frame was accepted after the end"],
  ]);
}

/**
 * What is still there when everybody should be gone.
 *
 * @param expectedTimers timers of the model itself
 */
export function leftovers(
  sides: readonly ModelSide[],
  server: Server<typeof modelService.kinds>,
  { budget, clock }: Pick<World, "budget" | "clock">,
  expectedTimers: number,
): string[] {
  const timers = clock.pendingTimers - expectedTimers;
  const promises = sides.reduce((sum, side) => sum + side.pendingPromises, 0);
  return failed("both", [
    [budget.usedBytes === 0, `${budget.usedBytes} bytes are not given back`],
    [promises === 0, `${promises} promises are pending`],
    [timers === 0, `${timers} timers are pending`],
    [server.connections.size === 0, "the server still lists a connection"],
  ]);
}

/** A claim, and what to say when it does not hold. */
type Claim = readonly [holds: boolean, problem: string];

function failed(who: string, claims: readonly Claim[]): string[] {
  return claims.flatMap(([holds, problem]) => holds ? [] : [`${who}: ${problem}`]);
}

function deliveries(side: ModelSide, other: ModelSide, isConfirmed: boolean): Claim[] {
  return (["normal", "bulk"] as const).flatMap((lane): Claim[] => {
    const sent = side.accepted[lane].length;
    const handled = other.handled[lane];
    return [
      [handled <= sent, `${handled} ${lane} frames were handled of ${sent}`],
      [
        !isConfirmed || handled === sent,
        `the close is confirmed, but ${handled} of ${sent} ${lane} frames were handled`,
      ],
    ];
  });
}
