import { encodeFrame } from "./frame.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import { Kind } from "./frame.ts";
import { decodeError } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { type ByteStream, formatAddress } from "./network.ts";
import { writeAll } from "./write_all.ts";

/** How a server of TLS answers what is none: with an alert (RFC 8446, 5.1). */
const TLS_ALERT = [0x15, 3] as const;

/** Sends and receives single frames over a stream, one at a time, as the handshake does. */
export class HandshakeLine {
  readonly stream: ByteStream;
  readonly decoder: FrameDecoder;
  /** How many of the first bytes are those of a TLS alert. */
  #alertBytes = 0;
  #received = 0;

  constructor(stream: ByteStream, decoder: FrameDecoder) {
    this.stream = stream;
    this.decoder = decoder;
  }

  /**
   * Waits for a frame of `kind`.
   *
   * @throws {LineError} what the peer found, when an ERROR comes instead; `unexpected-kind` when
   * another kind does; `lost` when the stream ends
   */
  async receive(kind: number, name: string): Promise<FrameView> {
    for (;;) {
      const view = this.decoder.next();
      if (view === undefined) {
        await this.#readMore(name);
        continue;
      }
      if (view.kind === Kind.Error) throw decodeError(view);
      if (view.kind === kind) return view;
      throw new LineError(
        LineErrorCode.UnexpectedKind,
        `Cannot shake hands: got kind ${hexKind(view.kind)} where ${name} was due`,
      );
    }
  }

  /**
   * Writes a whole frame.
   *
   * @throws {LineError} the peer's reason, when it has hung up and left one; else `lost`
   */
  async send(frame: Uint8Array): Promise<void> {
    try {
      await writeAll(this.stream, frame);
    } catch {
      await this.receive(Kind.Error, "an answer");
    }
  }

  async #readMore(name: string): Promise<void> {
    const space = this.decoder.space();
    let n: number | null;
    try {
      n = await this.stream.read(space);
    } catch (cause) {
      if (cause instanceof LineError) throw cause;
      throw this.#lost("the connection broke", cause);
    }
    if (n === null) {
      const cut = this.decoder.pendingBytes > 0 ? ", inside a frame" : "";
      throw this.#lost(`the peer hung up where ${name} was due${cut}`);
    }
    this.#checkHead(space, n);
    this.decoder.filled(n);
  }

  /** The first two bytes of a frame are zero here, so those of TLS cannot be one. */
  #checkHead(bytes: Uint8Array, count: number): void {
    for (let at = 0; at < count && this.#received < TLS_ALERT.length; at++, this.#received++) {
      if (bytes[at] === TLS_ALERT[this.#received]) this.#alertBytes++;
      if (this.#alertBytes < TLS_ALERT.length) continue;
      const peer = formatAddress(this.stream.peer);
      const message = `Cannot shake hands with ${peer}: it speaks TLS, this side does not`;
      throw new LineError(LineErrorCode.TlsWanted, message);
    }
  }

  #lost(what: string, cause?: unknown): LineError {
    const peer = formatAddress(this.stream.peer);
    return new LineError(LineErrorCode.Lost, `Cannot shake hands with ${peer}: ${what}`, { cause });
  }
}

/** The bytes of a received frame as they were on the wire, in memory of their own. */
export function frameBytes(view: FrameView): Uint8Array<ArrayBuffer> {
  return encodeFrame(view.kind, view.subarray());
}
