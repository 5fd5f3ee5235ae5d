/** Sends frames of any amount on one connection: control frames in order, bulk as the peer takes it. */
import type { Connection } from "../../transport/connection.ts";
import type { FrameView } from "../../transport/frame_view.ts";
import type { Kind, Kinds } from "../../transport/service.ts";
import { PIECE_BYTES } from "./protocol.ts";

/** Control frames that may wait for room: more of them than anybody takes. */
const MAX_BACKLOG = 100_000;

/** Sends on a connection. What is sent on a dead one is lost, as on the way. */
export class LinePost<K extends Kinds> {
  readonly connection: Connection<K>;
  /** Bulk frames that wait for room. */
  waitingBulk = 0;
  #backlog: (() => boolean)[] = [];

  /** One per connection. */
  constructor(connection: Connection<K>) {
    this.connection = connection;
  }

  /** Sends a control frame, behind those that were sent before. */
  post<Sent>(kind: Kind<unknown, Sent>, value: Sent): void {
    const send = () => this.connection.send(kind, value);
    if (this.#backlog.length === 0 && send()) return;
    if (this.#backlog.length >= MAX_BACKLOG) {
      this.#backlog.length = 0;
      return void this.connection.abort("slow-reader", `Too slow: ${MAX_BACKLOG} frames wait`);
    }
    this.#backlog.push(send);
    if (this.#backlog.length === 1) this.#drain();
  }

  /** Sends a bulk frame when there is room. @returns false when the connection is over */
  async bulk<Sent>(kind: Kind<unknown, Sent>, value: Sent): Promise<boolean> {
    while (!this.connection.send(kind, value)) {
      if (!await this.#bulkRoom()) return false;
    }
    return true;
  }

  /**
   * Sends bytes as bulk frames, each with the numbers of `head` before them.
   *
   * @returns false when the connection is over, or the signal aborts
   */
  async pieces(
    kind: Kind<FrameView, Uint8Array>,
    head: readonly number[],
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const headBytes = head.length * 4;
    for (let at = 0; at < bytes.length;) {
      if (signal?.aborted) return false;
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      const writer = this.connection.reserve(kind, headBytes + piece.length);
      if (writer === undefined) {
        if (!await this.#bulkRoom()) return false;
        continue;
      }
      for (const [i, number] of head.entries()) writer.setUint32(i * 4, number);
      writer.set(piece, headBytes);
      writer.commit();
      at += piece.length;
    }
    return this.connection.isOpen;
  }

  async #bulkRoom(): Promise<boolean> {
    this.waitingBulk++;
    try {
      return await this.connection.writable("bulk");
    } finally {
      this.waitingBulk--;
    }
  }

  async #drain(): Promise<void> {
    while (this.#backlog.length > 0) {
      if (!await this.connection.writable("normal")) return;
      while (this.#backlog[0]?.()) this.#backlog.shift();
    }
  }
}
