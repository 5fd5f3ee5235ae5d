/** A client of any service that sends whatever bytes an attack wants, and notes what it is told. */
import assert from "node:assert/strict";
import { clientHandshake } from "../../lib/transport/client_handshake.ts";
import { encodeFrame, Kind } from "../../lib/transport/frame.ts";
import { FrameDecoder } from "../../lib/transport/frame_decoder.ts";
import { HandshakeLine } from "../../lib/transport/handshake_line.ts";
import { LineError } from "../../lib/transport/line_error.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import type { ByteStream } from "../../lib/transport/network.ts";
import type { StoredSession } from "../../lib/transport/session/session_state.ts";
import { tcpNetwork } from "../../lib/transport/tcp_network.ts";
import type { Token } from "../../lib/transport/token.ts";
import { writeAll } from "../../lib/transport/write_all.ts";
import { until } from "../e2e/collect_room.ts";

/** Largest frame that any server here sends. */
const MAX_FRAME_BYTES = 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whom a peer attacks. */
export interface Goal {
  /** Name in HELLO. */
  readonly service: string;
  readonly port: string;
  /** `undefined`: the door stands open. */
  readonly token: Token | undefined;
}

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
export class Peer implements Disposable {
  readonly frames: Frame[] = [];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<End>;
  /** How it has ended, if it has. */
  end: End | undefined;
  /** What resumes its session. */
  readonly session: StoredSession | undefined;
  readonly #stream: ByteStream;
  readonly #frames: FrameDecoder;
  #mayRead = Promise.resolve();
  #pongs = 0;

  /** Of an open stream. */
  constructor([stream, frames, session]: PeerParts) {
    this.#stream = stream;
    this.#frames = frames;
    this.session = session;
    this.ended = this.#read().then((end) => this.end = end);
  }

  /** Connects, and sends nothing yet. */
  static async open({ port }: Pick<Goal, "port">): Promise<Peer> {
    return new Peer(await knock(port));
  }

  /**
   * Logs in.
   *
   * @throws {LineError} why it may not come in
   */
  static async login(goal: Goal, clientId: string, session?: StoredSession): Promise<Peer> {
    return new Peer(await logIn(goal, clientId, session));
  }

  /** Sends bytes as they are; what the server does not want any more is lost. */
  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#stream, bytes).catch(() => {});
  }

  /** Sends a frame. @param payload bytes, a text, or what becomes JSON */
  async send(kind: number, payload: Uint8Array | string | object): Promise<void> {
    await this.write(frame(kind, payload));
  }

  /** Writes no more, and goes on reading. */
  async closeWrite(): Promise<void> {
    await this.#stream.closeWrite().catch(() => {});
  }

  /** What came of one kind, as JSON. */
  told(kind: number): unknown[] {
    return this.frames.filter((frame) => frame.kind === kind).map(({ payload }) => json(payload));
  }

  /**
   * Waits until the server has handled what was sent so far and its answers are here, or it has ended
   * the connection. A PONG overtakes answers of the same turn, so one more has to follow it.
   */
  async handled(): Promise<End | undefined> {
    for (let round = 0; round < 2 && this.end === undefined; round++) {
      const before = this.#pongs;
      await this.send(Kind.Ping, new Uint8Array(8));
      await until("the server answers", () => this.#pongs > before || this.end !== undefined);
    }
    return this.end;
  }

  /** How the server ends it, which it must. */
  async over(): Promise<End> {
    await until("the server ends it", () => this.end !== undefined);
    return this.end as End;
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

  async #read(): Promise<End> {
    for (;;) {
      for (let view; (view = this.#frames.next()) !== undefined;) {
        const payload = view.copy();
        this.frames.push({ kind: view.kind, payload });
        if (view.kind === Kind.Pong) this.#pongs++;
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

/** What a peer is made of. */
export type PeerParts = readonly [ByteStream, FrameDecoder, StoredSession | undefined];

/** Connects. */
export async function knock(port: string): Promise<PeerParts> {
  return [...await connect(port), undefined];
}

/** Connects and shakes hands. @throws {LineError} */
export async function logIn(
  { service, port, token }: Goal,
  clientId: string,
  session?: StoredSession,
): Promise<PeerParts> {
  const [stream, frames] = await connect(port);
  try {
    const line = new HandshakeLine(stream, frames);
    const nonce = crypto.getRandomValues(new Uint8Array(32));
    const credentials = { clientId, session, token };
    const { welcome, cookie } = await clientHandshake(line, service, credentials, nonce);
    frames.maxFrameBytes = MAX_FRAME_BYTES;
    return [stream, frames, cookie && { id: welcome.session, cookie }];
  } catch (error) {
    stream.close();
    throw error;
  }
}

/** Why a client may not come in; empty when it may. */
export async function refusal(
  goal: Goal,
  clientId: string,
  session?: StoredSession,
): Promise<string> {
  try {
    using _ = await Peer.login(goal, clientId, session);
  } catch (error) {
    assert(error instanceof LineError, String(error));
    return error.code;
  }
  return "";
}

/** A frame. @param payload bytes, a text, or what becomes JSON */
export function frame(kind: number, payload: Uint8Array | string | object): Uint8Array {
  if (payload instanceof Uint8Array) return encodeFrame(kind, payload);
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return encodeFrame(kind, encoder.encode(text));
}

async function connect(port: string): Promise<[ByteStream, FrameDecoder]> {
  const address = { host: "127.0.0.1", port: Number(port) };
  const stream = await tcpNetwork.connect(address, AbortSignal.timeout(20_000));
  const budget = new MemoryBudget(1024 * 1024 * 1024);
  return [stream, new FrameDecoder({ maxFrameBytes: 4096, budget })];
}

function json(payload: Uint8Array): unknown {
  return JSON.parse(decoder.decode(payload));
}
