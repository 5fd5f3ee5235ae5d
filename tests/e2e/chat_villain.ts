/** A client of `chat` that sends whatever bytes a test wants, and notes what it is told. */
import { chatService } from "../../lib/chat/protocol.ts";
import type { Notice, Refused } from "../../lib/chat/messages.ts";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import type { StoredSession } from "../../lib/transport/session/session_state.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import { encodeSay } from "../../lib/chat/line_codec.ts";
import { until } from "./collect_room.ts";

const { kinds } = chatService;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame that came. */
export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** How its connection ended, as it was told; both are empty when it was told nothing. */
export interface End {
  readonly code: string;
  readonly message: string;
}

/** One connection. */
export class Villain implements Disposable {
  readonly frames: Frame[] = [];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<End>;
  /** The last SAY. */
  sequence = 0;
  readonly #stream: ByteStream;
  readonly #frames: FrameDecoder;
  #mayRead = Promise.resolve();

  private constructor(
    stream: ByteStream,
    frames: FrameDecoder,
    /** What resumes its session. */
    readonly session: StoredSession | undefined,
  ) {
    this.#stream = stream;
    this.#frames = frames;
    this.ended = this.#read();
  }

  /** Connects, and sends nothing yet. */
  static async knock(port: string): Promise<Villain> {
    return new Villain(...await connect(port), undefined);
  }

  /**
   * Logs in.
   *
   * @throws {LineError} why it may not come in
   */
  static async enter(port: string, clientId: string, session?: StoredSession): Promise<Villain> {
    const [stream, frames] = await connect(port);
    try {
      const line = new HandshakeLine(stream, frames);
      const nonce = crypto.getRandomValues(new Uint8Array(32));
      const { welcome, cookie } = await clientHandshake(
        line,
        "chat",
        { clientId, session },
        nonce,
      );
      frames.maxFrameBytes = 1024 * 1024;
      return new Villain(stream, frames, cookie && { id: welcome.session, cookie });
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  /** Sends bytes as they are; what the server does not want any more is lost. */
  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#stream, bytes).catch(() => {});
  }

  /** Sends a frame. @param payload bytes, or a text */
  async send(kind: number, payload: Uint8Array | string): Promise<void> {
    const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
    await this.write(encodeFrame(kind, bytes));
  }

  /** Sends a JSON frame. */
  async sendJson(kind: keyof typeof kinds, value: unknown): Promise<void> {
    await this.send(kinds[kind].code, JSON.stringify(value));
  }

  /** Says a line. */
  async say(where: string, text: string, sequence = ++this.sequence): Promise<void> {
    await this.send(kinds.say.code, encodeSay({ sequence, where, text }));
  }

  /** Many lines in one piece. */
  async sayMany(count: number, where: string, text: (number: number) => string): Promise<void> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let i = 1; i <= count; i++) {
      const say = encodeSay({ sequence: ++this.sequence, where, text: text(i) });
      parts.push(encodeFrame(kinds.say.code, say));
    }
    await this.write(new Uint8Array(await new Blob(parts).arrayBuffer()));
  }

  /** What came of one kind, as JSON. */
  all(kind: keyof typeof kinds): unknown[] {
    const { code } = kinds[kind];
    return this.frames.filter((frame) => frame.kind === code).map(({ payload }) => json(payload));
  }

  /** How many of its lines are acknowledged. */
  get acknowledged(): number {
    const ack = this.frames.findLast(({ kind }) => kind === kinds.ack.code);
    return ack === undefined ? 0 : Number(new DataView(ack.payload.buffer).getBigUint64(0));
  }

  /** Codes of the lines that were refused. */
  get refusals(): string[] {
    return (this.all("refused") as Refused[]).map(({ code }) => code);
  }

  /** Codes of what it was told. */
  get notices(): string[] {
    return (this.all("notice") as Notice[]).map(({ code }) => code);
  }

  /** Its name, as the server says. */
  async nick(): Promise<string> {
    await until("the server says who it is", () => this.all("you").length > 0);
    return (this.all("you").at(-1) as { readonly nick: string }).nick;
  }

  /** Enters a room and waits until it is there. */
  async join(room: string): Promise<void> {
    const before = this.all("page").length;
    await this.sendJson("join", { room, last: 0 });
    await until(`it is in ${room}`, () => this.all("page").length > before);
  }

  /**
   * Waits until the server has handled what was sent so far and its answers are here, or it has ended
   * the connection. A PONG overtakes answers of the same turn, so one more has to follow it.
   */
  async handled(): Promise<End | undefined> {
    let end: End | undefined;
    this.ended.then((told) => end = told);
    for (let round = 0; round < 2 && end === undefined; round++) {
      const before = this.#pongs;
      await this.send(Kind.Ping, new Uint8Array(8));
      await until("the server answers", () => this.#pongs > before || end !== undefined);
    }
    return end;
  }

  /** Reads nothing until the function that it gives is called. */
  stopReading(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mayRead = promise;
    return resolve;
  }

  /** Hangs up without a word. */
  [Symbol.dispose](): void {
    this.#stream.close();
  }

  get #pongs(): number {
    return this.frames.reduce((count, { kind }) => count + (kind === Kind.Pong ? 1 : 0), 0);
  }

  async #read(): Promise<End> {
    for (;;) {
      for (let view; (view = this.#frames.next()) !== undefined;) {
        const payload = view.copy();
        this.frames.push({ kind: view.kind, payload });
        if (view.kind === Kind.Ping) void this.send(Kind.Pong, payload);
        if (view.kind === Kind.Error || view.kind === Kind.Goodbye) {
          this.#stream.close();
          return json(payload) as End;
        }
      }
      await this.#mayRead;
      const n = await this.#stream.read(this.#frames.space()).catch(() => null);
      if (n === null) return { code: "", message: "" };
      this.#frames.filled(n);
    }
  }
}

async function connect(port: string): Promise<[ByteStream, FrameDecoder]> {
  const address = { host: "127.0.0.1", port: Number(port) };
  const stream = await tcpNetwork.connect(address, AbortSignal.timeout(20_000));
  const budget = new MemoryBudget(64 * 1024 * 1024);
  return [stream, new FrameDecoder({ maxFrameBytes: 4096, budget })];
}

function json(payload: Uint8Array): unknown {
  return JSON.parse(decoder.decode(payload));
}
