import { LinePost } from "../../../lib/mapreduce/engine/line_post.ts";
import { OutputDesk } from "../../../lib/mapreduce/engine/output_desk.ts";
import { PartUpload } from "../../../lib/mapreduce/engine/part_upload.ts";
import { mapreduceService, shuffleService } from "../../../lib/mapreduce/engine/protocol.ts";
import { RelayDesk } from "../../../lib/mapreduce/engine/relay_desk.ts";
import type { Connection } from "../../../lib/transport/connection.ts";
import type { FrameView } from "../../../lib/transport/frame_view.ts";
import type { Kinds } from "../../../lib/transport/service.ts";

/** Credit of each line while a simulation runs: so little that it is used up. */
export const CREDIT_BYTES = 96 * 1024;

/** Bytes that wait on each line to leave, once credit is there. */
const LANE_BYTES = 80 * 1024;

/** Bytes that one coordinator holds for others, as it has got them and not handed them on. */
interface Held {
  readonly now: { relayed: number; uploaded: number };
  readonly most: { relayed: number; uploaded: number };
}

function nothingHeld(): Held {
  return { now: { relayed: 0, uploaded: 0 }, most: { relayed: 0, uploaded: 0 } };
}

/** Which limit does not work, on purpose. */
export interface GaugeBugs {
  /** Credit comes back at once for what is relayed. */
  readonly relays: boolean;
  /** Credit comes back at once for what goes to the disk. */
  readonly uploads: boolean;
}

/**
 * Measures what the coordinator holds, where nobody outside of it can see that: its desks are watched
 * while a simulation runs. {@linkcode MemoryGauges.remove} makes them what they were.
 */
export class MemoryGauges {
  readonly #undo: (() => void)[] = [];
  #held = nothingHeld();

  constructor(bugs: GaugeBugs) {
    this.#setCredit();
    this.#watchRelays(bugs.relays);
    this.#watchUploads(bugs.uploads);
  }

  /** The most that waited to be sent on since this was asked last, at the coordinator that runs now. */
  get relayedBytes(): number {
    return this.#peak("relayed");
  }

  /** The most that waited to be written since this was asked last. */
  get uploadedBytes(): number {
    return this.#peak("uploaded");
  }

  /** Another coordinator begins: what the one before it held is gone. */
  reset(): void {
    this.#held = nothingHeld();
  }

  /** Ends measuring. */
  remove(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #peak(what: keyof Held["now"]): number {
    const { now, most } = this.#held;
    const peak = most[what];
    most[what] = now[what];
    return peak;
  }

  #setCredit(): void {
    for (const service of [mapreduceService, shuffleService]) {
      const { bulkCreditBytes, lanes } = service;
      const bulk = { ...lanes.bulk, maxBytes: LANE_BYTES };
      Object.assign(service, { bulkCreditBytes: CREDIT_BYTES, lanes: { ...lanes, bulk } });
      this.#undo.push(() => void Object.assign(service, { bulkCreditBytes, lanes }));
    }
  }

  #watchRelays(isUnlimited: boolean): void {
    const { data } = RelayDesk.prototype;
    const { pieces } = LinePost.prototype;
    const ends = new WeakMap<Uint8Array, () => void>();
    const gauge = () => this.#held;
    RelayDesk.prototype.data = function (from, view) {
      if (isUnlimited) freeAtOnce(from.post.connection, view);
      const held = gauge();
      const { copy } = view;
      view.copy = (...range) => {
        const bytes = copy.apply(view, range);
        hold(held, "relayed", bytes.length);
        ends.set(bytes, () => hold(held, "relayed", -bytes.length));
        return bytes;
      };
      data.call(this, from, view);
      Reflect.deleteProperty(view, "copy");
    };
    LinePost.prototype.pieces = async function (kind, head, bytes, signal) {
      const sent = await pieces.call(this, kind, head, bytes, signal);
      ends.get(bytes)?.();
      return sent;
    };
    this.#undo.push(() => {
      RelayDesk.prototype.data = data;
      LinePost.prototype.pieces = pieces;
    });
  }

  #watchUploads(isUnlimited: boolean): void {
    const { add } = PartUpload.prototype;
    const { output } = OutputDesk.prototype;
    const gauge = () => this.#held;
    PartUpload.prototype.add = function (bytes, onWritten) {
      const held = gauge();
      hold(held, "uploaded", bytes.length);
      add.call(this, bytes, () => {
        hold(held, "uploaded", -bytes.length);
        onWritten();
      });
    };
    OutputDesk.prototype.output = function (line, view) {
      if (isUnlimited) freeAtOnce(line.post.connection, view);
      output.call(this, line, view);
    };
    this.#undo.push(() => {
      PartUpload.prototype.add = add;
      OutputDesk.prototype.output = output;
    });
  }
}

function hold({ now, most }: Held, what: keyof Held["now"], bytes: number): void {
  now[what] += bytes;
  most[what] = Math.max(most[what], now[what]);
}

/** Bytes of frames that were given back too early, by connection. */
const early = new WeakMap<object, number[]>();

/** Gives credit back before the bytes are handed on, and not once more afterwards. */
function freeAtOnce<K extends Kinds>(connection: Connection<K>, view: FrameView): void {
  const frameBytes = view.length + 5;
  const { prototype } = connection.constructor as { readonly prototype: Connection<K> };
  const given = early.get(connection) ?? [];
  early.set(connection, given);
  connection.releaseBulk = (bytes) => {
    const at = given.indexOf(bytes);
    if (at >= 0) given.splice(at, 1);
    else prototype.releaseBulk.call(connection, bytes);
  };
  prototype.releaseBulk.call(connection, frameBytes);
  given.push(frameBytes);
}
