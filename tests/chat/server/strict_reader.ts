import assert from "node:assert/strict";
import { readLine } from "../../../lib/chat/line_codec.ts";
import { chatService } from "../../../lib/chat/protocol.ts";
import { ScriptedMember } from "../chat_world.ts";

/** A member that knows which line must come next, in the room and in its inbox. */
export class StrictReader extends ScriptedMember {
  /** Last ids that have come. */
  readonly last = { "#lobby": 0, "@": 0 };
  /** What it has asked for with JOIN, and ROOM has not answered yet. */
  #asked: { readonly room: string; readonly after: number }[] = [];

  override connect(): Promise<this> {
    this.#asked = [];
    return super.connect({
      room: ({ room }) => {
        const asked = this.#asked.shift();
        assert.equal(asked?.room, room);
        if (room === "#lobby" || room === "@") this.last[room] = asked?.after ?? NaN;
      },
      line: (view) => {
        const { id, where } = readLine(view);
        const place = where.startsWith("@") ? "@" : "#lobby";
        if (id !== this.last[place] + 1) {
          this.faults.push(`${place} ${id} after ${this.last[place]}`);
        }
        this.last[place] = id;
      },
    });
  }

  readonly faults: string[] = [];

  /** Asks for what was missed, unless the line is lost. */
  ask(room: "#lobby" | "@", back = 0): void {
    const after = Math.max(0, this.last[room] - back);
    if (this.connection?.send(chatService.kinds.join, { room, after })) {
      this.#asked.push({ room, after });
    }
  }
}
