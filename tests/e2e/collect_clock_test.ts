/** Clients whose clock is off by a known amount: Debian package `faketime`. */
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { tramCommand, TramProcess } from "./processes.ts";
import { summaryOf, withRoom } from "./collect_room.ts";

/** How far a clock that is faked is off from what was asked for, in microseconds. */
const FAKE_ERROR_US = 100;

/** Checks that the truth is within the bound. */
function check(truthUs: number, gotUs: number | null, boundUs: number | null): void {
  assert(gotUs !== null && boundUs !== null, "there is an estimate");
  assert(boundUs > 0 && boundUs < MOST_BOUND_US, `bound ${boundUs}`);
  const errorUs = Math.abs(gotUs - truthUs);
  assert(errorUs <= boundUs + FAKE_ERROR_US, `off by ${errorUs}, bound ${boundUs}`);
}

/** Far more than a busy machine makes of a bound, and far less than the clocks are off. */
const MOST_BOUND_US = 1_000_000;

interface Estimate {
  readonly offset_us: number;
  readonly bound_us: number;
  readonly verdict: string;
}

interface Sample {
  readonly time_us: number;
  readonly corrected_us: number | null;
  readonly bound_us: number | null;
  readonly received_us: number;
}

for (
  const [shift, offsetUs] of [["+2.5s", -2_500_000], ["-3600", 3_600_000_000]] as const
) {
  Deno.test(`collect send learns that its clock is off by ${shift}, and the store keeps it`, () =>
    withRoom(async (room) => {
      await using server = await room.serve();
      const { command, prefix } = tramCommand();
      const send = ["collect", "send", "--port", server.port, "--duration", "2500ms", "--json"];
      await using client = new TramProcess(
        ["-f", shift, command, ...prefix, ...send],
        { ...room.env, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
        "faketime",
      );
      const summary = await summaryOf(client);
      const { taken, waiting, boundUs } = summary;
      assert.equal(waiting, 0);
      assert(taken > 10, `${taken} taken`);
      check(offsetUs, summary.offsetUs, boundUs);

      using db = closing(room.database());
      const estimates = db.all<Estimate>("SELECT * FROM estimates ORDER BY number");
      assert(estimates.length > 0);
      for (const { offset_us, bound_us } of estimates) check(offsetUs, offset_us, bound_us);
      const { trust, reasons } = JSON.parse(estimates.at(-1)!.verdict);
      assert.equal(trust, "doubtful");
      assert(reasons.some(({ kind }: { kind: string }) => kind === "far off"));

      const samples = db.all<Sample>("SELECT * FROM samples ORDER BY sequence");
      assert.equal(samples.length, taken);
      assert.notEqual(samples.at(-1)?.corrected_us, null);
      for (const { time_us, corrected_us, bound_us, received_us } of samples) {
        if (corrected_us === null) continue; // before the first answer
        check(offsetUs, corrected_us - time_us, bound_us);
        assert(corrected_us - bound_us! - FAKE_ERROR_US <= received_us, "taken before it came");
      }
    }));
}

/** Rows of a database that is closed at the end. */
function closing(db: DatabaseSync) {
  return {
    all: <T>(sql: string) => db.prepare(sql).all() as unknown as T[],
    [Symbol.dispose]: () => db.close(),
  };
}
