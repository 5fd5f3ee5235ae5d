/**
 * What a bench of chats asks of each of them: members of one room who speak, and count what they
 * hear. All read the same way: whatever has come is taken at once, and its lines are counted.
 */

/** Told how many lines have come, several at a time where they came together. */
export type OnLines = (count: number) => void;

/** A member of the room. */
export interface ChatMember {
  /** Says a line to the room; it leaves at the end of the turn. */
  say(text: string): void;
}

/** One kind of chat. */
export interface ChatPeer {
  /** Whether members hear themselves. */
  readonly isEchoed: boolean;
  /** Enters the room. */
  join(port: number, name: string, onLines: OnLines): Promise<ChatMember>;
}

/** A line of 110 bytes. */
export const LINE_TEXT = "0123456789 ".repeat(10);

const LINE_FEED = 10;
const SLAB_BYTES = 64 * 1024;

/** How many line feeds there are in `bytes`. */
export function countLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** Reads until the end, into one slab per connection. */
export async function readAll(
  conn: Deno.Conn,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const slab = new Uint8Array(SLAB_BYTES);
  for (let read; (read = await conn.read(slab)) !== null;) onBytes(slab.subarray(0, read));
  throw new Error("Cannot go on: the server has closed a connection");
}

/** Texts that are written to a connection, those of one turn together. */
export class TextWriter {
  readonly #conn: Deno.Conn;
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #isWriting = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Writes `text` at the end of the turn. */
  write(text: string): void {
    this.#waiting += text;
    if (this.#isWriting) return;
    this.#isWriting = true;
    queueMicrotask(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting !== "") {
      const bytes = this.#encoder.encode(this.#waiting);
      this.#waiting = "";
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }
    this.#isWriting = false;
  }
}
