/** How far somebody has got in a room or an inbox, on one connection. */
export class Follower {
  /** Lines go to it as they are committed; until then it catches up. */
  isLive = false;
  /** Last id that it got while it caught up, or had before; live lines up to it are not for it. */
  reached = 0;
  /** Whether it has asked for lines on this connection. */
  isListening = false;
  /** Counts up with each JOIN and each end: whoever catches up for an older one stops. */
  round = 0;

  /** Gets no lines any more. */
  stop(): void {
    this.isLive = this.isListening = false;
    this.round++;
  }
}
