/** A store of chat that is too simple to be wrong: one list that is searched from the start. */
import * as fc from "fast-check";
import type {
  Destination,
  InboxLine,
  Post,
  Posted,
  StoredLine,
} from "../../../lib/chat/store/chat_store.ts";

/** Authors of histories; 0 is the server. */
export const AUTHORS = [1, 2, 3];
/** Rooms of histories. */
export const ROOMS = ["#lobby", "#dev"];
/** Pairs of histories. */
export const PAIRS = [1, 2];

/** The model. */
export class ChatStoreModel {
  /** What was not a repeat, in order. */
  readonly #kept: Post[] = [];

  append(post: Post): Posted {
    const { author, sequence, to } = post;
    const isRepeated = author !== 0 &&
      this.#kept.some((old) => old.author === author && old.sequence >= sequence);
    if (isRepeated) return { kind: "repeated" };
    this.#kept.push(post);
    switch (to.kind) {
      case "room":
        return { kind: "room", id: this.room(to.room).length };
      case "private": {
        const id = this.inbox(to.author).length;
        return { kind: "private", id, copyId: author === 0 ? 0 : this.inbox(author).length };
      }
      case "relay":
        return { kind: "relay", event: this.pair(to.pair).length };
      case "nowhere":
        return { kind: "nowhere" };
    }
  }

  highest(author: number): number {
    const own = this.#kept.filter((post) => post.author === author);
    return Math.max(0, ...own.map(({ sequence }) => sequence));
  }

  room(name: string): StoredLine[] {
    return this.#kept.filter(({ to }) => to.kind === "room" && to.room === name)
      .map(({ timeUs, author, nick, text }, i) => ({ id: i + 1, timeUs, author, nick, text }));
  }

  inbox(owner: number): InboxLine[] {
    const lines: InboxLine[] = [];
    for (const { to, timeUs, author, nick, text } of this.#kept) {
      if (to.kind !== "private" || to.author !== owner && author !== owner) continue;
      const isSent = author === owner;
      const other = isSent && to.author !== owner ? to.nick : nick;
      lines.push({ id: lines.length + 1, timeUs, author, nick, text, isSent, with: other });
    }
    return lines;
  }

  pair(number: number): string[] {
    return this.#kept.flatMap(({ to }) =>
      to.kind === "relay" && to.pair === number ? to.events : []
    );
  }
}

const nick = fc.string({ maxLength: 5 }).map((text) => text.replaceAll("\0", ""));

const destination: fc.Arbitrary<Destination> = fc.oneof(
  fc.record({ kind: fc.constant("room"), room: fc.constantFrom(...ROOMS) } as const),
  fc.record({ kind: fc.constant("private"), author: fc.constantFrom(...AUTHORS), nick } as const),
  fc.record(
    {
      kind: fc.constant("relay"),
      pair: fc.constantFrom(...PAIRS),
      events: fc.array(fc.json(), { minLength: 1, maxLength: 3 }),
    } as const,
  ),
  fc.constant({ kind: "nowhere" } as const),
);

const post: fc.Arbitrary<Post> = fc.record({
  author: fc.constantFrom(0, ...AUTHORS),
  // Few enough that many are repeats, and some leave a gap.
  sequence: fc.integer({ min: 1, max: 40 }),
  timeUs: fc.maxSafeInteger(),
  nick,
  to: destination,
  text: fc.string({ unit: "grapheme", maxLength: 20 }),
});

/** Appends in any order, with repeats and gaps. */
export const histories: fc.Arbitrary<Post[][]> = fc.array(
  fc.array(post, { maxLength: 8 }),
  { maxLength: 20 },
);
