import { encodeFrame } from "./frame.ts";
import type { FrameDecoder } from "./frame_decoder.ts";
import { type FrameView, hexKind } from "./frame_view.ts";
import { Kind } from "./frame.ts";
import { decodeError } from "./handshake_messages.ts";
import { LineError, LineErrorCode } from "./line_error.ts";
import { type ByteStream, formatAddress } from "./network.ts";
import { writeAll } from "./write_all.ts";

/** Sends and receives single frames over a stream, one at a time, as the handshake does. */
export class HandshakeLine {
  readonly stream: ByteStream;
  readonly decoder: FrameDecoder;

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
    let n: number | null;
    try {
      n = await this.stream.read(this.decoder.space());
    } catch (cause) {
      if (cause instanceof LineError) throw cause;
      throw this.#lost("the connection broke", cause);
    }
    if (n === null) {
      const cut = this.decoder.pendingBytes > 0 ? ", inside a frame" : "";
      throw this.#lost(`the peer hung up where ${name} was due${cut}`);
    }
    this.decoder.filled(n);
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
