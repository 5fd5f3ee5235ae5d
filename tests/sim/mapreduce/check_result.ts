import {
  type JobResult,
  PARTIAL_NAME,
  partName,
  SUCCESS_NAME,
} from "../../../lib/mapreduce/engine/job_result.ts";
import { JOURNAL_NAME } from "../../../lib/mapreduce/engine/journal.ts";
import type { Sim } from "../core/sim.ts";
import type { JournalWatch } from "./journal_watch.ts";
import type { SimFiles } from "./sim_files.ts";
import { difference, type ToyWork } from "./toy_work.ts";

/** What stands for the lock of the output folder. */
const LOCK_NAME = "_journal-lock";

/** What a result is compared with. */
export interface ResultWorld {
  readonly sim: Sim;
  readonly work: ToyWork;
  readonly output: SimFiles;
  readonly watch: JournalWatch;
}

/**
 * Of a run that says that it succeeded, the output must be that of the plain way, and nothing else may be
 * there; counters count each task once.
 *
 * @param isNow whether it has just ended
 */
export function checkResult(
  { sim, work, output, watch }: ResultWorld,
  end: JobResult,
  isNow: boolean,
): void {
  watch.checkKept();
  if (end.outcome !== "done" && end.outcome !== "partial") return;
  const lost = new Set(end.lost.map(({ task }) => task));
  for (const [partition, expected] of watch.oracle(lost).entries()) {
    const name = partName(partition);
    const seen = output.text(name);
    const wrong = difference(seen ?? "", expected);
    if (wrong !== undefined) sim.fail(wrong.breaks, `${name}: ${wrong.what}`);
    sim.check("oracle", seen !== undefined, `${name} is not there`);
  }
  const last = end.outcome === "done" ? SUCCESS_NAME : PARTIAL_NAME;
  const parts = Array.from({ length: work.partitions }, (_, partition) => partName(partition));
  const names = [last, JOURNAL_NAME, ...parts].sort();
  // Its going is not durable: after a loss of power it may be there again, and is nobody's.
  const seen = output.names.filter((name) => isNow || name !== LOCK_NAME);
  sim.check(
    "oracle",
    seen.join() === names.join(),
    () => `in the output are ${seen.join(" ")}, not ${names.join(" ")}`,
  );
  const words = work.texts.reduce(
    (sum, text, number) => sum + (lost.has(number) ? 0 : text.split(" ").length),
    0,
  );
  for (const name of ["map.words", "reduce.values"]) {
    const count = end.counters[name] ?? 0;
    sim.check("once", count === words, () => `${name} is ${count}, and there are ${words} words`);
  }
  const told = [...lost].sort((a, b) => a - b).join();
  const recorded = [...watch.lost()].sort((a, b) => a - b).join();
  sim.check("kept", recorded === told, `left out are ${told}, in the journal ${recorded}`);
}
