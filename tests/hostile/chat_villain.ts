/** A client of `chat` that sends whatever bytes a test wants, and notes what it is told. */
import { encodeSay } from "../../lib/chat/line_codec.ts";
import type { Notice, Refused } from "../../lib/chat/messages.ts";
import { chatService } from "../../lib/chat/protocol.ts";
import { encodeFrame } from "../../lib/transport/frame.ts";
import type { StoredSession } from "../../lib/transport/session/session_state.ts";
import { until } from "../e2e/collect_room.ts";
import { knock, logIn, Peer } from "./peer.ts";

const { kinds } = chatService;

/** One connection to a server whose door stands open. */
export class Villain extends Peer {
  /** The last SAY. */
  sequence = 0;

  /** Connects, and sends nothing yet. */
  static async knock(port: string): Promise<Villain> {
    return new Villain(await knock(port));
  }

  /**
   * Logs in.
   *
   * @throws {LineError} why it may not come in
   */
  static async enter(port: string, clientId: string, session?: StoredSession): Promise<Villain> {
    const goal = { service: "chat", port, token: undefined };
    return new Villain(await logIn(goal, clientId, session));
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
    return this.told(kinds[kind].code);
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
}
