/** The turn rules once more, as plainly as they can be said: the oracle of the property test. */
import type { PairCommand } from "../../../lib/chat/relay/pair.ts";

interface ModelSeat {
  author: number;
  isLost: boolean;
  lostAtMs: number;
  last: string | undefined;
}

/** A pair as a list of plain facts. */
export class PairModel {
  readonly seats: [ModelSeat, ModelSeat] = [empty(), empty()];
  /** Everything that was relayed. */
  readonly relayed: string[] = [];
  /** Seats that have ever had somebody. */
  readonly known = new Set<number>();
  hasEnded = false;

  /** The seat that speaks: with each message the other one. */
  get emitter(): number {
    return this.relayed.length % 2;
  }

  role(seat: number): string {
    if (this.known.size < 2) return "waiting";
    return seat === this.emitter ? "emitter" : "receiver";
  }

  /** Does what the rules allow. @returns whether they do */
  run(command: PairCommand, nowMs: number): boolean {
    switch (command.type) {
      case "sit": {
        const { seat, author } = command;
        if (this.hasEnded || this.seats[seat].author > 0) return false;
        if (this.seats[1 - seat]?.author === author) return false;
        this.seats[seat] = { author, isLost: false, lostAtMs: 0, last: this.seats[seat].last };
        this.known.add(seat);
        return true;
      }
      case "say": {
        const { seat, text } = command;
        const { author, isLost } = this.seats[seat];
        if (author === 0 || isLost || this.role(seat) !== "emitter") return false;
        this.relayed.push(text);
        const other = this.seats[1 - seat];
        if (other !== undefined) other.last = text;
        return true;
      }
      case "leave": {
        const it = this.seats[command.seat];
        if (it.author === 0) return false;
        if (command.why === "gone" && !(it.isLost && nowMs - it.lostAtMs >= 30_000)) return false;
        it.author = 0;
        it.isLost = false;
        this.hasEnded = this.seats.every(({ author }) => author === 0);
        return true;
      }
      case "lose":
      case "return": {
        const it = this.seats[command.seat];
        if (it.author === 0 || it.isLost === (command.type === "lose")) return false;
        it.isLost = !it.isLost;
        it.lostAtMs = nowMs;
        return true;
      }
      case "restart": {
        if (this.hasEnded || this.known.size === 0) return false;
        for (const it of this.seats) {
          it.isLost = it.author > 0;
          it.lostAtMs = nowMs;
        }
        return true;
      }
      case "flag":
        return false;
    }
  }
}

function empty(): ModelSeat {
  return { author: 0, isLost: false, lostAtMs: 0, last: undefined };
}
