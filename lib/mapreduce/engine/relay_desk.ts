/** Carries runs from one worker to another through the coordinator, where the two cannot meet. */
import type { FrameView } from "../../transport/frame_view.ts";
import type { AttemptName } from "./attempt_name.ts";
import type { DataEnd, Fetch } from "./messages.ts";
import { ENGINE_BYTES, mapreduceService } from "./protocol.ts";
import type { WorkerLine } from "./worker_line.ts";

const { data, dataEnd, fetch } = mapreduceService.kinds;

interface Relay {
  readonly from: WorkerLine;
  readonly to: WorkerLine;
  /** Number of the request at the one who asked. */
  readonly id: number;
  readonly name: AttemptName;
  /** Ends when what has come was sent on. */
  last: Promise<unknown>;
}

/** Options of a {@linkcode RelayDesk}. */
export interface RelayDeskOptions {
  /** The worker that has the output of this very attempt, if it is the winner and there. */
  readonly holder: (name: AttemptName) => WorkerLine | undefined;
  /** Told when a worker does not have what it should. */
  readonly onLost: (name: AttemptName) => void;
}

/** Carries runs from one worker to another. */
export class RelayDesk {
  /** Bytes of runs that were carried. */
  relayedBytes = 0;
  readonly #options: RelayDeskOptions;
  readonly #relays = new Map<number, Relay>();
  #lastId = 0;

  /** A desk with nothing on it. */
  constructor(options: RelayDeskOptions) {
    this.#options = options;
  }

  /** A worker asks for a run. */
  fetch(to: WorkerLine, { id, name, partition }: Fetch): void {
    const from = this.#options.holder(name);
    if (from === undefined) {
      const failure = { code: "gone", message: "nobody has it any more" };
      return void to.post.bulk(dataEnd, { id, bytes: 0, failure });
    }
    const relayId = this.#lastId = (this.#lastId + 1) % 2 ** 32;
    this.#relays.set(relayId, { from, to, id, name, last: Promise.resolve() });
    from.post.post(fetch, { id: relayId, name, partition });
  }

  /** A piece of a run has come. */
  data(from: WorkerLine, view: FrameView): void {
    const relay = this.#relays.get(view.getUint32(0));
    const frameBytes = view.length + 5;
    const release = () => from.post.connection.releaseBulk(frameBytes);
    if (relay === undefined || relay.from !== from) return release();
    const bytes = view.copy(ENGINE_BYTES.dataHead);
    this.relayedBytes += bytes.length;
    relay.last = relay.last.then(() => relay.to.post.pieces(data, [relay.id], bytes)).finally(
      release,
    );
  }

  /** A run is over. */
  dataEnd(from: WorkerLine, end: DataEnd): void {
    const relay = this.#relays.get(end.id);
    if (relay === undefined || relay.from !== from) return;
    this.#relays.delete(end.id);
    if (end.failure?.code === "gone") this.#options.onLost(relay.name);
    relay.last = relay.last.then(() => relay.to.post.bulk(dataEnd, { ...end, id: relay.id }));
  }

  /** A worker has left. */
  left(line: WorkerLine): void {
    for (const [relayId, relay] of this.#relays) {
      if (relay.from === line) {
        const failure = { code: "gone", message: "the worker that had it has left" };
        this.dataEnd(line, { id: relayId, bytes: 0, failure });
      }
      if (relay.to === line) this.#relays.delete(relayId);
    }
  }
}
