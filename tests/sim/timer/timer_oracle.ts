import type { FrameView } from "../../../lib/transport/frame_view.ts";
import type { MessageCounts } from "../../../lib/timer/ping_result.ts";
import type { Sim } from "../core/sim.ts";

/** Nanoseconds by which a request may be at its time limit, and nobody can say whether it is over. */
const EDGE_NS = 1000;

interface Sent {
  readonly writtenNs: number;
  /** Replies so far. */
  replies: number;
}

/** The first words of a UUID, and its number. */
export function idOf(view: FrameView): { readonly run: string; readonly sequence: number } {
  const run = `${view.getUint32(0)}-${view.getUint32(4)}`;
  return { run, sequence: view.getUint32(12) };
}

/** What one connection of a client sent and got, as who stands beside it sees it. */
export class LineOracle {
  answered = 0;
  late = 0;
  duplicated = 0;
  reordered = 0;
  unexpected = 0;
  readonly #sent: Sent[] = [];
  readonly #timeoutNs: number;
  #newest = -1;

  constructor(timeoutMs: number) {
    this.#timeoutNs = timeoutMs * 1e6;
  }

  /** Requests so far. */
  get sent(): number {
    return this.#sent.length;
  }

  /** A request leaves; their numbers go up by one. */
  onRequest(nowNs: number): void {
    this.#sent.push({ writtenNs: nowNs, replies: 0 });
  }

  /** A reply comes. @param isOurs whether it has the UUID of a request that was sent */
  onReply(sequence: number, isOurs: boolean, nowNs: number): void {
    const request = isOurs ? this.#sent[sequence] : undefined;
    if (request === undefined) {
      this.unexpected++;
      return;
    }
    if (request.replies++ > 0) {
      this.duplicated++;
      return;
    }
    this.answered++;
    if (sequence < this.#newest) this.reordered++;
    this.#newest = Math.max(this.#newest, sequence);
    if (nowNs - request.writtenNs > this.#timeoutNs) this.late++;
  }

  /** Requests without a reply whose time is over, at least and at most. */
  lostAt(nowNs: number): readonly [least: number, most: number] {
    const open = this.#sent.filter(({ replies }) => replies === 0);
    const waitedNs = open.map(({ writtenNs }) => nowNs - writtenNs - this.#timeoutNs);
    return [
      waitedNs.filter((ns) => ns > EDGE_NS).length,
      waitedNs.filter((ns) => ns >= -EDGE_NS).length,
    ];
  }
}

/** What a client says of a run must be what was seen. */
export function compareCounts(
  sim: Sim,
  name: string,
  counts: MessageCounts,
  lines: readonly LineOracle[],
  nowNs: number,
): void {
  const sum = (of: (line: LineOracle) => number) => lines.reduce((all, line) => all + of(line), 0);
  const { sent, answered, lost, unanswered, late, duplicated, reordered, unexpected } = counts;
  sim.check(
    "kept",
    sent === answered + lost + unanswered,
    () => `${name}: ${sent} sent, and ${answered} answered, ${lost} lost, ${unanswered} unanswered`,
  );
  const same = (what: string, said: number, seen: number, breaks: "once" | "order" | "oracle") =>
    sim.check(breaks, said === seen, () => `${name}: ${said} ${what}, and it were ${seen}`);
  same("duplicated", duplicated, sum((line) => line.duplicated), "once");
  same("unexpected", unexpected, sum((line) => line.unexpected), "oracle");
  same("sent", sent, sum((line) => line.sent), "oracle");
  same("answered", answered, sum((line) => line.answered), "oracle");
  same("late", late, sum((line) => line.late), "oracle");
  same("reordered", reordered, sum((line) => line.reordered), "order");
  const least = sum((line) => line.lostAt(nowNs)[0]);
  const most = sum((line) => line.lostAt(nowNs)[1]);
  const isRight = lost >= least && lost <= most;
  sim.check("oracle", isRight, () => `${name}: ${lost} lost, and it were ${least} to ${most}`);
}
