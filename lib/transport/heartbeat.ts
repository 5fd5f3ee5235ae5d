/**
 * Decides, once per heartbeat, whether to ask the peer for a sign of life or to give it up. Pure: it
 * counts ticks, not time, so a process that was stopped for an hour and goes on sees one silent tick
 * and not an hour of silence.
 */

/** Silent heartbeats after which a peer is given up. */
const SILENT_HEARTBEATS = 3;

/** What to do at a tick. */
export type HeartbeatAction = "nothing" | "ping" | "silent" | "stalled";

/** Watches one connection. */
export class Heartbeat {
  #receivedBytes = 0;
  #writtenBytes = 0;
  #writes = 0;
  #silentTicks = 0;
  #stalledTicks = 0;

  /**
   * One heartbeat has passed. Bytes of any kind are a sign of life. The peer is given up between
   * three and four heartbeats after its last byte, or after the last byte that it took while we had
   * more for it.
   *
   * Who only listens must give signs of life too: a peer whose one large frame takes long on a slow
   * path cannot ask for them, since its PING waits behind that frame.
   *
   * @param receivedBytes bytes received since the start
   * @param writtenBytes bytes of the lanes that the stream took since the start
   * @param isWriting whether a write is in flight
   * @param writes writes of all kinds that have ended since the start
   */
  tick(
    receivedBytes: number,
    writtenBytes: number,
    isWriting: boolean,
    writes: number,
  ): HeartbeatAction {
    this.#silentTicks = receivedBytes === this.#receivedBytes ? this.#silentTicks + 1 : 0;
    this.#stalledTicks = isWriting && writtenBytes === this.#writtenBytes
      ? this.#stalledTicks + 1
      : 0;
    const onlyListened = !isWriting && writes === this.#writes;
    this.#receivedBytes = receivedBytes;
    this.#writtenBytes = writtenBytes;
    this.#writes = writes;
    if (this.#silentTicks >= SILENT_HEARTBEATS) return "silent";
    if (this.#stalledTicks >= SILENT_HEARTBEATS) return "stalled";
    return this.#silentTicks > 0 || onlyListened ? "ping" : "nothing";
  }
}
