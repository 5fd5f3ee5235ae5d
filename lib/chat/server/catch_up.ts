/** Sends somebody what was said before, until nothing is missing: then it is live. */
import type { Clock } from "../../clock/clock.ts";
import { sleep } from "../../clock/sleep.ts";
import type { Connection } from "../../transport/connection.ts";
import { FrameBatch } from "../../transport/frame_batch.ts";
import { MAX_PAGE } from "../limits.ts";
import { encodeLine, type Line } from "../line_codec.ts";
import { type ChatKinds, chatService } from "../protocol.ts";
import type { LinePage, StoredLine } from "../store/chat_store.ts";
import type { Follower } from "./follower.ts";
import type { Turns } from "./turns.ts";

const { kinds } = chatService;

/** Letters of lines that are sent as one piece. */
const PIECE_LETTERS = 16 * 1024;

/** Bytes that may wait in the lane of somebody before more of what was said earlier is sent. */
const MAX_WAITING_BYTES = 256 * 1024;

/** How long to wait until the store is asked again, in milliseconds. */
const RETRY_MS = 1000;

/** A room or an inbox, as somebody reads it. */
export interface Feed<T extends StoredLine> {
  /** What PAGE says. */
  readonly room: string;
  /** Last id that is committed. */
  last(): number;
  /** Lines after an id, from memory; `undefined` when some of them are not there. */
  recent(after: number): readonly T[] | undefined;
  /** Lines after an id, from the store. */
  read(after: number, limit: number): Promise<LinePage<T>>;
  /** As it is sent, marked as replayed. */
  line(stored: T): Line;
}

/** Who gets lines, and where from. */
export interface Reading<T extends StoredLine> {
  readonly connection: Connection<ChatKinds>;
  readonly feed: Feed<T>;
  /** Turns of this connection: it has one page in memory at once, however many it has asked for. */
  readonly turns: Turns;
}

/** What goes on when the store cannot be read. */
export interface Patience {
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Sends all lines after `follower.reached`, then PAGE, and makes it live in the same turn in which
 * nothing is missing, so that no line is left out or comes twice. What somebody reads slowly waits in
 * the store, not in the lane.
 */
export async function catchUp<T extends StoredLine>(
  reading: Reading<T>,
  follower: Follower,
  { clock, onTrouble }: Patience,
): Promise<void> {
  const { connection, feed, turns } = reading;
  const round = ++follower.round;
  const isOver = () => follower.round !== round || !connection.isOpen;
  follower.isLive = false;
  follower.isListening = true;
  const start = follower.reached;
  while (follower.reached < feed.last()) {
    try {
      await turns.run(async () => {
        if (isOver()) return;
        const lines = await linesAfter(feed, follower.reached);
        await sendLines(reading, lines, isOver, (reached) => follower.reached = reached);
      });
    } catch (error) {
      if (isOver()) return;
      onTrouble(error);
      await sleep(clock, RETRY_MS);
    }
    if (isOver()) return;
  }
  follower.isLive = true;
  const isEmpty = follower.reached === start;
  connection.send(kinds.page, {
    room: feed.room,
    to: "join",
    first: isEmpty ? 0 : start + 1,
    last: isEmpty ? 0 : follower.reached,
    hasOlder: start > 0,
  });
}

/** Sends a page of older lines, then PAGE. @throws {StoreError} */
export async function sendHistory<T extends StoredLine>(
  reading: Reading<T>,
  read: () => Promise<LinePage<T>>,
): Promise<void> {
  const { connection, feed, turns } = reading;
  await turns.run(async () => {
    if (!connection.isOpen) return;
    const { lines, hasOlder } = await read();
    if (!await sendLines(reading, lines, () => !connection.isOpen)) return;
    const first = lines[0]?.id ?? 0;
    const last = lines.at(-1)?.id ?? 0;
    connection.send(kinds.page, { room: feed.room, to: "history", first, last, hasOlder });
  });
}

/** From memory, else from the store. */
async function linesAfter<T extends StoredLine>(feed: Feed<T>, id: number): Promise<readonly T[]> {
  const lines = feed.recent(id) ?? (await feed.read(id, MAX_PAGE)).lines;
  if (lines[0]?.id === id + 1) return lines;
  throw new Error(`Cannot find line ${id + 1} of ${feed.room} in the store`);
}

/** Sends lines as fast as they are read. @returns false when it is over before all are sent */
async function sendLines<T extends StoredLine>(
  { connection, feed }: Reading<T>,
  lines: readonly T[],
  isOver: () => boolean,
  onSent: (id: number) => void = () => {},
): Promise<boolean> {
  for (const piece of piecesOf(lines)) {
    const batch = batchOf(feed, piece);
    do {
      if (!await connection.writable("normal", MAX_WAITING_BYTES) || isOver()) return false;
    } while (!connection.sendBatch(batch));
    onSent(piece.at(-1)?.id ?? 0);
  }
  return true;
}

/** Lines in pieces that a lane always has room for, sooner or later. */
function* piecesOf<T extends StoredLine>(lines: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < lines.length;) {
    let end = start;
    for (let letters = 0; end < lines.length && letters < PIECE_LETTERS; end++) {
      letters += lines[end]?.text.length ?? 0;
    }
    yield lines.slice(start, end);
    start = end;
  }
}

function batchOf<T extends StoredLine>(feed: Feed<T>, lines: readonly T[]): FrameBatch {
  const batch = new FrameBatch();
  for (const line of lines) batch.add(kinds.line, encodeLine(feed.line(line)));
  return batch;
}
