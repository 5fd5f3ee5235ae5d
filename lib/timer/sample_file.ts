/** Every answer as a line of a CSV file (RFC 4180), written while the run goes on. */
import type { NewFile } from "../context.ts";
import type { Answer } from "./load_client.ts";
import { waits } from "./measurement.ts";
import { NO_GAP } from "./protocol.ts";

/** First line of the file. The first three times are nanoseconds since the start of the run. */
const HEADER = "client,sequence,planned_ns,written_ns,replied_ns," +
  "response_ns,service_ns,held_ns,lateness_ns,gap_ns\n";

/** Text that is kept before it is written. A write holds the run up, and is seen as lateness. */
const BUFFER_CHARACTERS = 64 * 1024;

/** A file of samples. After a failed write the run goes on, and nothing more is written. */
export class SampleFile implements Disposable {
  readonly #file: NewFile;
  readonly #encoder = new TextEncoder();
  #text = HEADER;
  #failure: unknown;

  constructor(file: NewFile) {
    this.#file = file;
  }

  /** The run begins: what the file held before is gone. */
  begin(): void {
    this.#file.begin();
  }

  /** Adds a line. */
  add(answer: Answer, startNs: number): void {
    const { client, sequence, plannedNs, writtenNs, repliedNs, gapNs } = answer;
    // The clock has fractions. Times are rounded, durations follow from them, so that they add up.
    const [planned, written, replied] = [
      Math.round(plannedNs - startNs),
      Math.round(writtenNs - startNs),
      Math.round(repliedNs - startNs),
    ];
    const held = Math.min(Math.round(waits(answer).heldNs), written - planned);
    const durations = [replied - planned, replied - written, held, written - planned - held];
    const gap = gapNs === NO_GAP ? "" : gapNs;
    this.#text += `${client},${sequence},${planned},${written},${replied},${
      durations.join(",")
    },${gap}\n`;
    if (this.#text.length >= BUFFER_CHARACTERS) this.#write();
  }

  /** Writes what is left. @throws {Error} what went wrong first */
  finish(): void {
    this.#write();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #write(): void {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = "";
    if (this.#failure !== undefined) return;
    try {
      this.#file.write(bytes);
    } catch (error) {
      this.#failure = error;
    }
  }
}
