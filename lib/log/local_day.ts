/**
 * The local date of one moment after the other, as `YYYY-MM-DD`. It remembers where the day begins
 * and ends, so that asking for each record costs two comparisons.
 */
export class LocalDay {
  #date = "";
  #fromMs = 0;
  #toMs = 0;

  /** The local date at `wallMs`, milliseconds since 1970. */
  dateAt(wallMs: number): string {
    if (wallMs >= this.#fromMs && wallMs < this.#toMs) return this.#date;
    const at = new Date(wallMs);
    const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
    this.#fromMs = new Date(year, month, day).getTime();
    this.#toMs = new Date(year, month, day + 1).getTime();
    const two = (value: number) => String(value).padStart(2, "0");
    this.#date = `${year}-${two(month + 1)}-${two(day)}`;
    return this.#date;
  }
}
