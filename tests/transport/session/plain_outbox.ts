/** The plain twin of `Outbox`: arrays, filtered and copied each time. */
import type { OutboxOptions } from "../../../lib/transport/session/outbox_types.ts";

interface Entry {
  sequence: number;
  readonly value: number;
  readonly bytes: number;
}

/** An outbox that is easy to believe. */
export class PlainOutbox {
  entries: Entry[] = [];
  sent: number[] = [];
  free = 0;
  acknowledgedSequence = 0;
  lastSequence = 0;
  sentSequence = 0;
  dropped = 0;
  skipped = 0;
  refused = 0;

  constructor(readonly options: Required<OutboxOptions>) {}

  get bytes(): number {
    return this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get unsent(): Entry[] {
    return this.entries.filter(({ sequence }) =>
      !this.sent.includes(sequence) && (!this.options.holdsBack || sequence <= this.free)
    );
  }

  add(value: number, bytes: number): number | undefined {
    const { maxEntries, maxBytes, whenFull } = this.options;
    const fits = () => this.entries.length < maxEntries && this.bytes + bytes <= maxBytes;
    while (!fits()) {
      if (whenFull === "refuse" || bytes > maxBytes) {
        this.refused++;
        return undefined;
      }
      this.entries = this.entries.slice(1);
      this.dropped++;
    }
    this.entries.push({ sequence: ++this.lastSequence, value, bytes });
    return this.lastSequence;
  }

  skip(count: number): void {
    this.lastSequence += count;
    this.skipped += count;
  }

  release(sequence: number): void {
    this.free = Math.max(this.free, Math.min(sequence, this.lastSequence));
  }

  advance(count: number): void {
    for (const { sequence } of this.unsent.slice(0, count)) {
      this.sent.push(sequence);
      this.sentSequence = Math.max(this.sentSequence, sequence);
    }
  }

  acknowledged(upTo: number): number {
    const before = this.entries.length;
    this.entries = this.entries.filter(({ sequence }) => sequence > upTo);
    this.acknowledgedSequence = Math.max(this.acknowledgedSequence, upTo);
    return before - this.entries.length;
  }

  resumeFrom(highest: number): boolean {
    if (highest > this.sentSequence) return false;
    this.acknowledged(highest);
    this.sent = [];
    return true;
  }

  renumber(): void {
    const by = this.acknowledgedSequence;
    for (const entry of this.entries) entry.sequence -= by;
    this.lastSequence -= by;
    this.free = Math.max(0, this.free - by);
    this.acknowledgedSequence = 0;
    this.sentSequence = 0;
    this.sent = [];
  }

  discard(): void {
    this.dropped += this.entries.length;
    this.entries = [];
    this.acknowledgedSequence = this.lastSequence;
    this.renumber();
  }
}
