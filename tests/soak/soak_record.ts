import { chart } from "./chart.ts";
import type { Finding } from "./judge.ts";
import { soakCsv } from "./soak_csv.ts";
import { soakPanels } from "./soak_panels.ts";
import type { Window } from "./window.ts";

/** What is known when a soak starts. */
interface SoakStart {
  readonly date: string;
  readonly minutes: number;
  readonly seed: number;
  readonly tram: string;
  readonly deno: string;
  readonly system: string;
  readonly cores: number;
}

/** The files of a soak, in one folder: `samples.ndjson` as it goes, the others at the end. */
export class SoakRecord {
  readonly windows: Window[] = [];
  readonly #folder: string;
  readonly #start: SoakStart;

  private constructor(folder: string, start: SoakStart) {
    [this.#folder, this.#start] = [folder, start];
  }

  /** Makes the folder; what an earlier soak left there is replaced. */
  static async open(folder: string, start: SoakStart): Promise<SoakRecord> {
    await Deno.mkdir(folder, { recursive: true });
    const line = `${JSON.stringify({ type: "start", ...start })}\n`;
    await Deno.writeTextFile(`${folder}/samples.ndjson`, line);
    return new SoakRecord(folder, start);
  }

  /** Keeps a window. */
  async add(window: Window): Promise<void> {
    this.windows.push(window);
    await this.#append({ type: "window", ...window });
  }

  /** Keeps the verdict, and writes the table and the drawing. */
  async end(findings: readonly Finding[], code: number): Promise<void> {
    await this.#append({ type: "verdict", code, findings });
    const { date, tram, deno, system, cores, seed } = this.#start;
    const minutes = ((this.windows.at(-1)?.atS ?? 0) / 60).toFixed(1);
    const title = `tram soak, ${date}: ${minutes} minutes of steady load`;
    const note = `${tram}, Deno ${deno}, ${system}, ${cores} cores, seed ${seed}`;
    await Deno.writeTextFile(`${this.#folder}/samples.csv`, soakCsv(this.windows));
    const svg = chart(title, note, soakPanels(this.windows));
    await Deno.writeTextFile(`${this.#folder}/soak.svg`, svg);
  }

  async #append(value: unknown): Promise<void> {
    const path = `${this.#folder}/samples.ndjson`;
    await Deno.writeTextFile(path, `${JSON.stringify(value)}\n`, { append: true });
  }
}
