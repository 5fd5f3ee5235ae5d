import type { AttemptName } from "../../../lib/mapreduce/engine/attempt_name.ts";
import { attemptKey } from "../../../lib/mapreduce/engine/attempt_name.ts";
import type { EngineEvent } from "../../../lib/mapreduce/engine/coordinator_types.ts";
import { partName } from "../../../lib/mapreduce/engine/job_result.ts";
import { JOURNAL_NAME } from "../../../lib/mapreduce/engine/journal.ts";
import { decodeJournal, type JournalLine } from "../../../lib/mapreduce/engine/journal_line.ts";
import type { Sim } from "../core/sim.ts";
import type { SimFiles } from "./sim_files.ts";
import { difference, oracleOf, type ToyWork } from "./toy_work.ts";

/** Looks at what a coordinator says and at what is on its disk at that moment, through all of its lives. */
export class JournalWatch {
  readonly #sim: Sim;
  readonly #work: ToyWork;
  readonly #files: SimFiles;
  /** Attempts of which a coordinator said that they won, in that order. */
  readonly #said: string[] = [];
  /** Reduce tasks that are through for good. */
  readonly #reduced = new Set<number>();
  /** Map tasks of which it was said that they are left out. */
  readonly #lost = new Set<number>();
  #epoch = 0;
  /** What was read last, and of how many bytes. */
  #read: { readonly bytes: number; readonly lines: readonly JournalLine[] } = {
    ...{ bytes: 0, lines: [] },
  };
  /** What the outputs must be, by the tasks that are left out. */
  readonly #oracles = new Map<string, readonly string[]>();
  /** Where in the journal the last winner of this life stands. */
  #lastAt = -1;

  constructor(sim: Sim, work: ToyWork, files: SimFiles) {
    this.#sim = sim;
    this.#work = work;
    this.#files = files;
  }

  /** Lines of the journal that would outlive a loss of power. */
  lines(): readonly JournalLine[] {
    const bytes = this.#files.synced(JOURNAL_NAME) ?? new Uint8Array(0);
    if (bytes.length !== this.#read.bytes) {
      this.#read = { bytes: bytes.length, lines: decodeJournal(bytes).lines };
    }
    return this.#read.lines;
  }

  /** Inputs that are left out, as the journal says. */
  lost(): ReadonlySet<number> {
    return new Set(this.lines().flatMap((line) => line.type === "lost" ? [line.task] : []));
  }

  /** What the outputs must be when some inputs are left out. */
  oracle(lost: ReadonlySet<number>): readonly string[] {
    const key = [...lost].sort((a, b) => a - b).join();
    const known = this.#oracles.get(key) ?? oracleOf(this.#work, lost);
    this.#oracles.set(key, known);
    return known;
  }

  /** A coordinator says something. */
  saw(event: EngineEvent): void {
    if (event.type === "listening") return this.#onLife();
    if (event.type === "lost") this.#lost.add(event.task);
    if (event.type !== "attempt") return;
    if (event.change === "started") this.#onStarted(event.name);
    if (event.change === "won") this.#onWon(event.name);
  }

  /** What was said once holds for ever. */
  checkKept(): void {
    const lines = this.lines();
    const keys = lines.flatMap((line) =>
      line.type === "map" || line.type === "reduce" ? [attemptKey(line)] : []
    );
    let at = 0;
    for (const key of keys) if (key === this.#said[at]) at++;
    const missing = this.#said[at];
    this.#sim.check(
      "kept",
      missing === undefined,
      () => `the coordinator said that ${missing} won, and its journal does not have it there`,
    );
    this.#checkShape(lines);
  }

  #onLife(): void {
    this.#read = { bytes: 0, lines: [] };
    this.checkKept();
    const lines = this.lines();
    const epoch = lines.findLast((line) => line.type === "epoch");
    this.#epoch = epoch?.type === "epoch" ? epoch.epoch : 0;
    this.#lastAt = -1;
    for (const line of lines) if (line.type === "reduce") this.#reduced.add(line.task);
    const done = lines.filter(({ type }) => type === "map" || type === "reduce").length;
    if (this.#epoch > 1) this.#sim.count("resumed");
    if (this.#epoch > 1 && done > 0) this.#sim.count("resumed with tasks that are through");
    if (this.#epoch > 1 && this.#reduced.size > 0) this.#sim.count("resumed with outputs");
    this.#sim.note(`coordinator: epoch ${this.#epoch}, ${done} winners in its journal`);
  }

  #onStarted(name: AttemptName): void {
    if (name.kind !== "reduce") return;
    this.#sim.check(
      "once",
      !this.#reduced.has(name.task),
      () => `reduce task ${name.task} is through, and ${attemptKey(name)} begins`,
    );
    const through = new Set(this.#lost);
    for (const line of this.lines()) {
      if (line.type === "map" || line.type === "lost") through.add(line.task);
    }
    const { length } = this.#work.plan.tasks;
    this.#sim.check(
      "order",
      through.size === length,
      () => `${attemptKey(name)} begins while ${through.size} of ${length} map tasks are recorded`,
    );
  }

  #onWon(name: AttemptName): void {
    const key = attemptKey(name);
    this.#said.push(key);
    const lines = this.lines();
    const at = lines.findIndex((line) =>
      (line.type === "map" || line.type === "reduce") && attemptKey(line) === key
    );
    this.#sim.check("kept", at >= 0, `${key} has won, and is not in the journal on the disk`);
    this.#sim.check(
      "order",
      at < 0 || at > this.#lastAt,
      () => `${key} won after line ${this.#lastAt} of the journal, and stands in line ${at}`,
    );
    this.#lastAt = at;
    this.#sim.check(
      "once",
      name.epoch === this.#epoch,
      `${key} wins in epoch ${this.#epoch}: it is of an earlier life`,
    );
    if (name.kind !== "reduce") return;
    this.#sim.check("once", !this.#reduced.has(name.task), `reduce task ${name.task} won twice`);
    this.#reduced.add(name.task);
    this.#checkPart(name.task);
  }

  #checkPart(partition: number): void {
    const name = partName(partition);
    const seen = this.#files.text(name);
    const expected = this.oracle(this.lost())[partition] ?? "";
    const wrong = difference(seen ?? "", expected);
    if (wrong !== undefined) return this.#sim.fail(wrong.breaks, `${name}: ${wrong.what}`);
    const synced = this.#files.synced(name);
    this.#sim.check(
      "kept",
      seen !== undefined && new TextDecoder().decode(synced) === seen,
      () => `${name} is through, and ${synced?.length} of ${seen?.length} bytes are on the disk`,
    );
  }

  #checkShape(lines: readonly JournalLine[]): void {
    const [first] = lines;
    this.#sim.check("order", lines.length === 0 || first?.type === "job", "the job is not first");
    let epoch = 0;
    const reduced = new Set<number>();
    const lost = new Set<number>();
    for (const line of lines) {
      if (line.type === "lost") lost.add(line.task);
      const isBack = line.type === "map" && lost.has(line.task);
      this.#sim.check("kept", !isBack, () => "a map task that was left out is taken back");
      if (line.type === "epoch") {
        this.#sim.check("order", line.epoch === epoch + 1, `epoch ${line.epoch} after ${epoch}`);
        epoch = line.epoch;
      }
      if (line.type === "map" || line.type === "reduce") {
        this.#sim.check("order", line.epoch === epoch, `${attemptKey(line)} in epoch ${epoch}`);
      }
      if (line.type !== "reduce") continue;
      const isNew = !reduced.has(line.task);
      this.#sim.check("once", isNew, `reduce task ${line.task} is in the journal twice`);
      reduced.add(line.task);
    }
  }
}
